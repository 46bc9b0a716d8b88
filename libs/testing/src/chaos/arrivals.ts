import { setTimeout as pause } from 'node:timers/promises';
import { type Randomness, seededRandomness } from '@voucherline/platform';
import { callbackKeys, type Receiver, sendCallback } from '../line/callbacks.js';
import type { Case, LineFromOutside } from '../line/line-from-outside.js';
import type { Counters } from './counters.js';

/** An approval that is worth a voucher, and when it was given. */
export interface Approved extends Case {
  /** ms since the epoch. */
  readonly approvedAt: number;
}

/** Between two requests, ms. */
const GAP = { leastMs: 250, mostMs: 900 } as const;
/** Copies that we send of an event beside DingTalk's own. */
const MOST_COPIES = 4;
/** In every text that people type: it may be in the topics that keep documents, and nowhere else (I14). */
export const CANARY = '6222020200112233445';
/** Every approval that nobody approved. */
export interface Refused {
  readonly instance: string;
}

/** People who ask for money, approve it and sometimes refuse it; and a network that repeats what it has delivered. */
export class Arrivals {
  readonly approved: Approved[] = [];
  readonly refused: Refused[] = [];
  readonly acknowledgedMs: number[] = [];
  readonly #line: LineFromOutside;
  readonly #counters: Counters;
  readonly #random: Randomness;
  readonly #copied = new Set<string>();
  readonly #under = new Set<Promise<void>>();
  #isOver = false;

  constructor(line: LineFromOutside, counters: Counters, seed: number) {
    this.#line = line;
    this.#counters = counters;
    this.#random = seededRandomness(seed + 1);
  }

  start(): void {
    this.#run(this.#ask());
    this.#run(this.#repeat());
  }

  /** Nobody asks any more; resolves when all that was asked for is decided. */
  async stop(): Promise<void> {
    this.#isOver = true;
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  #run(work: Promise<void>): void {
    const run = work.finally(() => this.#under.delete(run));
    this.#under.add(run);
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      const kind = this.#random.float();
      const amount = `${1 + Math.floor(this.#random.float() * 90_000)}.${String(Math.floor(this.#random.float() * 100)).padStart(2, '0')}`;
      this.#run(this.#request(kind, amount, this.#random.float() * 1_500));
      await pause(GAP.leastMs + this.#random.float() * (GAP.mostMs - GAP.leastMs));
    }
  }

  async #request(kind: number, amount: string, thoughtMs: number): Promise<void> {
    const { dingtalk } = this.#line;
    const one =
      kind < 0.25
        ? await this.#line.claimExpense(amount, CANARY)
        : await this.#line.requestPayment(amount, { form: kind < 0.55 ? 'east' : 'hq', reason: CANARY });
    await pause(thoughtMs);
    if (kind > 0.93) {
      await dingtalk.refuse(one.instance);
      this.refused.push(one);
    } else {
      await dingtalk.agree(one.instance);
      this.approved.push({ ...one, approvedAt: Date.now() });
    }
  }

  /** Each event that DingTalk has sent comes up to four times more, late, out of order, to any process. What was lost stays lost. */
  async #repeat(): Promise<void> {
    while (!this.#isOver) {
      for (const { event, state } of await this.#line.dingtalk.allCallbacks()) {
        const id = `${event.instanceId} ${event.event} ${event.type} ${JSON.stringify(event.payload.taskId ?? '')}`;
        if (state === 'waiting' || state === 'dropped' || this.#copied.has(id)) continue;
        this.#copied.add(id);
        const copies = Math.floor(this.#random.float() * (MOST_COPIES + 1));
        for (let copy = 0; copy < copies; copy += 1) this.#run(this.#copy(event.payload, this.#random.float() * 8_000));
      }
      await pause(2_000);
    }
  }

  async #copy(payload: object, inMs: number): Promise<void> {
    const to: Receiver = this.#random.float() < 0.5 ? 'webhook-ingestion' : 'webhook-ingestion-2';
    await pause(this.#isOver ? 0 : inMs);
    const began = performance.now();
    const { facts } = this.#line;
    const status = await sendCallback(facts, payload, callbackKeys(facts), { to }).catch(() => 0);
    this.#counters.add(status === 200 ? 'callback copies taken' : 'callback copies not taken');
    if (status === 200) this.acknowledgedMs.push(performance.now() - began);
  }
}
