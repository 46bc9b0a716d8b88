import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { freePortTable } from '../ports.js';
import { portAnswers } from '../processes/answers.js';
import { launch } from '../processes/child.js';
import { freePorts } from '../processes/free-port.js';
import { logSize } from '../processes/log-tail.js';
import { waitUntil } from '../processes/wait-until.js';
import type { Member, StartOrder } from './members.js';
import { startStack } from './start-stack.js';

const folder = mkdtempSync(join(tmpdir(), 'voucherline-stack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(...groups: StartOrder) {
  const said: string[] = [];
  const ports = await freePortTable();
  const stack = startStack({ ports, environment: {}, order: groups, say: (line) => said.push(line) });
  return { stack, said };
}

/** A process that listens on a port, or dies with a word. */
async function member(name: string, script?: string): Promise<Member & { port: number }> {
  const [port] = (await freePorts(1)) as [number];
  const logFile = join(folder, `${name}.log`);
  const listen = `require('net').createServer().listen(${port}, '127.0.0.1')`;
  return {
    name,
    port,
    ports: [],
    address: `127.0.0.1:${port}`,
    async start() {
      const logFrom = logSize(logFile);
      const child = await launch({ name, command: process.execPath, args: ['-e', script ?? listen], logFile });
      await waitUntil(child, () => portAnswers(port), { limitMs: 20_000, logFrom });
      return child;
    },
  };
}

test('who dies is started again and said so; stopping ends all', async () => {
  const one = await member('one');
  const two = await member('two');
  const { stack: starting, said } = await start([one], [two]);
  const stack = await starting;
  await stack.kill9('one');
  await vi.waitFor(() => expect(said).toContain('one is ready again'), { timeout: 20_000 });
  expect(said.join('\n')).toContain('one ended with signal SIGKILL; it is started again in 1 s');
  expect(await portAnswers(one.port)).toBe(true);
  await stack.stop();
  expect([await portAnswers(one.port), await portAnswers(two.port)]).toEqual([false, false]);
});

test('who rests stays down until it is resumed', async () => {
  const one = await member('resting');
  const { stack: starting, said } = await start([one]);
  const stack = await starting;
  await stack.rest('resting');
  expect(await portAnswers(one.port)).toBe(false);
  await stack.resume('resting');
  expect(await portAnswers(one.port)).toBe(true);
  expect(said.join('\n')).not.toContain('started again');
  await stack.stop();
  expect(await portAnswers(one.port)).toBe(false);
});

test('what does not start is told by the words of its log, and nothing stays behind', async () => {
  const good = await member('good');
  const bad = await member('bad', "console.error('Error: SOME_SETTING is not set'); process.exit(3)");
  const { stack } = await start([good], [bad]);
  await expect(stack).rejects.toThrow(/bad ended with code 3\.\s+Error: SOME_SETTING is not set\s+\(whole log: /);
  expect(await portAnswers(good.port)).toBe(false);
});

test('a job must succeed before the next group starts', async () => {
  const after = await member('after');
  const failing = { name: 'prepare', run: () => Promise.reject(new Error('prepare ended with code 1.')) };
  const { stack } = await start([failing], [after]);
  await expect(stack).rejects.toThrow('prepare ended with code 1.');
  expect(await portAnswers(after.port)).toBe(false);
});
