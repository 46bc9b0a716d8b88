import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { stackPlaces } from '@voucherline/local';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { type Case, LineFromOutside } from '../line/line-from-outside.js';
import { type RunningStack, startTestStack } from '../line/start-test-stack.js';
import { voucherline } from '../line/voucherline.js';

const WORKERS = ['collector', 'erp-writer'] as const;
const WITH_DATABASE = ['transformer', ...WORKERS] as const;

// A stack of its own: what is done here to its database and its log would be no fault of the others' tests.
let running: RunningStack;
let line: LineFromOutside;
let isSound = false;
beforeAll(async () => {
  running = await startTestStack({ name: 'restore', timeScale: 0.4 });
  line = new LineFromOutside(running.facts, 'restore');
}, 180_000);
afterAll(async () => {
  await line?.close();
  await running?.stop({ keep: !isSound });
});

async function paid(...amounts: readonly string[]): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const amount of amounts) {
    const request = await line.requestPayment(amount);
    await line.dingtalk.agree(request.instance);
    cases.push(request);
  }
  await posted(cases);
  return cases;
}

async function posted(cases: readonly Case[]): Promise<void> {
  await eventually('vouchers in the book', () => expect(line.faultsOf(cases)).toEqual([]), { withinMs: 120_000 });
}

async function without(names: readonly string[], during: () => void | Promise<void>): Promise<void> {
  for (const name of names) await running.stack.rest(name);
  await during();
  for (const name of [...names].reverse()) await running.stack.resume(name);
}

/** With owners and rights, which PostgreSQL insists on. */
const copy = (from: string, to: string) => void execFileSync('cp', ['-a', from, to]);

const doctor = (...args: string[]) => voucherline(running.facts, 'doctor', ...args);

/** Exit code 1 means that a service waits; what is said is on the error. */
async function diagnosis(): Promise<string> {
  return doctor().catch((error: { stdout?: string }) => error.stdout ?? '');
}

// Not tried twice: a second try would begin with the backup of the first.
test('yesterday’s database under today’s log: noticed, nothing is sent, and after the doctor each approval has its one voucher', {
  timeout: 400_000,
  retry: 0,
}, async () => {
  const { dataOf } = stackPlaces(running.facts.folder);
  const before = await paid('100.10', '100.20');
  const backup = `${running.facts.folder}/backup`;
  await without(['postgres'], () => copy(dataOf('postgres'), backup));
  const forgotten = await paid('200.10', '200.20', '200.30');

  const standing = line.book('hq');
  await without([...WITH_DATABASE, 'postgres'], () => {
    rmSync(dataOf('postgres'), { recursive: true });
    copy(backup, dataOf('postgres'));
  });
  await eventually('both workers ask for the doctor', async () => {
    const told = await diagnosis();
    for (const worker of WORKERS) expect(told).toMatch(new RegExp(`^${worker} .*database-older`, 'm'));
  });
  for (const worker of WORKERS) {
    expect(await doctor('recover', worker, '--reason', 'a backup was restored', '--by', 'sre')).toContain(
      'works again',
    );
  }
  const after = await paid('300.10');
  await posted([...before, ...forgotten, ...after]);
  expect(line.faultsOfAll()).toEqual([]);
  // What had been posted was found, and left as it was.
  expect(line.book('hq').slice(0, standing.length)).toEqual(standing);
  expect(await doctor()).toContain('no service asks for a recovery');

  for (const topic of ['documents.collected.v1', 'approvals.events.v1', 'vouchers.commands.v1']) {
    // Until the workers have read again what came after the backup, a replay finds it missing, and does no harm.
    await eventually(`a replay of ${topic} that finds nothing`, async () => {
      const told = await voucherline(running.facts, 'replay', '--topic', topic, '--from-offset', '0');
      // The first reader's: who writes notes keeps none in mind, and looks each up before it writes.
      expect(/\d+ missing, \d+ conflicts/.exec(told)?.[0]).toBe('0 missing, 0 conflicts');
    });
  }
  isSound = true;
});
