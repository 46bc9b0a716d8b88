import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Service } from '@voucherline/local';
import { DIED } from '@voucherline/platform';
import type { Case, LineFromOutside } from '../line/line-from-outside.js';
import { ProcessLog } from '../line/process-log.js';
import type { RunningStack } from '../line/start-test-stack.js';
import type { Elapse } from './elapse.js';
import type { CrashRun, Flavour } from './runs.js';

/** Long enough for a second renewal of a lease and a second try of a callback. */
const DIES_WITHIN_MS = 20_000;
const COMES_BACK_WITHIN_MS = 30_000;

/** What each flavour does to documents of the ERP. */
export const DEED_OF = { 'reply-lost': 'dropAfterCommit', late: 'executeLate' } as const;

/** Steps of an ERP document that a fault may hit, one after the other. */
const OPERATIONS = ['Push', 'Submit', 'Save', 'Audit'] as const;

export interface Crashed {
  /** What the run is owed. */
  readonly cases: readonly Case[];
  /** Whether the process died where it should have; a run in which it did not proves nothing. */
  readonly died: boolean;
}

/** Has processes die at crash points, and come back. */
export class Crasher {
  readonly #running: RunningStack;
  readonly #line: LineFromOutside;
  readonly #elapse: Elapse;
  #runs = 0;
  readonly #bitten = new Map<string, number>();

  constructor(running: RunningStack, line: LineFromOutside, elapse: Elapse) {
    this.#running = running;
    this.#line = line;
    this.#elapse = elapse;
  }

  /** Plays one run up to the point where the process is back. */
  async crash({ service, label, nth, flavour }: CrashRun): Promise<Crashed> {
    const { stack, facts } = this.#running;
    await this.#disturb(flavour);
    await stack.rest(service);
    const log = new ProcessLog(facts, service);
    // Work waits for the service, so that it dies in the midst; DingTalk's callbacks do not wait, they are for a service that is up.
    const isIngestion = service === 'webhook-ingestion';
    const before = isIngestion ? [] : await this.play();
    const atStart = await stack.resume(service, { CRASH_AT: `${label}:${nth}` }).then(
      () => undefined,
      (error: unknown) => error,
    );
    const cases = isIngestion ? await this.play() : before;
    const died = await holdsWithin(DIES_WITHIN_MS, () => log.text().includes(`${DIED}${label}:${nth}`));
    if (atStart !== undefined && !died) throw atStart;
    if (!died) await stack.rest(service);
    else await this.#elapse.forget(service);
    // Who dies while it runs is started again by the watch over the stack.
    if (atStart !== undefined || !died) await stack.resume(service);
    // Else the next run's callbacks would find nobody, and only a sweep would find them.
    await holdsWithin(COMES_BACK_WITHIN_MS, () => this.#isReady(service));
    return { cases, died };
  }

  /** A payment request and an expense claim, both approved. */
  async play(): Promise<readonly Case[]> {
    this.#runs += 1;
    const cents = String(this.#runs % 100).padStart(2, '0');
    const cases = [
      await this.#line.requestPayment(`10${cents}.${cents}`),
      await this.#line.claimExpense(`20.${cents}`),
    ];
    for (const { instance } of cases) await this.#line.dingtalk.agree(instance);
    return cases;
  }

  /** How often each kind of fault has bitten. */
  get bitten(): ReadonlyMap<string, number> {
    return this.#bitten;
  }

  /** The vendors behave again. */
  async calm(): Promise<void> {
    const { dingtalk, kingdee } = this.#line;
    for (const sandbox of [dingtalk, kingdee.hq]) {
      for (const { kind, bit } of await sandbox.faults()) this.#bitten.set(kind, (this.#bitten.get(kind) ?? 0) + bit);
      await sandbox.withoutFaults();
    }
  }

  async #isReady(service: Service): Promise<boolean> {
    const url = `http://127.0.0.1:${this.#line.facts.ports[`${service}-ops`]}/health/ready`;
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  }

  /** What the vendors do until the next run. */
  async #disturb(flavour: Flavour): Promise<void> {
    const { dingtalk, kingdee } = this.#line;
    await this.calm();
    const operation = OPERATIONS[this.#runs % OPERATIONS.length] as string;
    for (const [sandbox, fault] of faultsOf(flavour, operation)) {
      await (sandbox === 'dingtalk' ? dingtalk : kingdee.hq).fault({ ...fault, times: 1 });
    }
  }
}

function faultsOf(flavour: Flavour, operation: string): readonly (readonly ['dingtalk' | 'kingdee', Fault])[] {
  switch (flavour) {
    case 'clean':
      return [];
    case 'reply-lost':
      return [
        ['kingdee', { kind: DEED_OF[flavour], operation }],
        ['dingtalk', { kind: 'ignoreReply', operation: 'callback' }],
      ];
    case 'late':
      return [
        ['kingdee', { kind: DEED_OF[flavour], operation, delayMs: 1_500 }],
        ['dingtalk', { kind: 'delay', operation: 'callback', delayMs: 500 }],
      ];
  }
}

/** Whether something holds within so many ms. */
export async function holdsWithin(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const limit = Date.now() + ms; Date.now() < limit; await pause(50)) if (await holds()) return true;
  return holds();
}
