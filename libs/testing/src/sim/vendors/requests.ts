import type { ReadOutcome, WriteOutcome } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import type { World } from '../world.js';
import type { Book } from './book.js';

/** A write on its way to the ERP. */
export interface Request {
  readonly at: number;
  readonly operation: string;
  /** Of what the caller wanted to write; for a document that was named, its id. */
  readonly about: string;
  /** How it was answered. */
  outcome?: WriteOutcome['kind'];
}

type Failed = Exclude<ReadOutcome<never>, { kind: 'read' }>;

/** How long the target may execute a create after nobody waits for it any more, ms: what the operations declare. */
export const SETTLE_MS = 60_000;

const inDoubt = (reason: string): WriteOutcome => ({ kind: 'inDoubt', reason });

/** The way to the ERP and back: requests that are lost, executed late or twice, and answers that say nothing. */
export class Requests {
  /** Every write in the order in which they were sent. */
  readonly all: Request[] = [];
  /** Every create and look-up in the order in which they were decided, the sender's last check just before it. */
  readonly decided: Pick<Request, 'operation' | 'about'>[] = [];
  readonly #world: World;
  readonly #book: Book;
  #late = 0;

  constructor(world: World, book: Book) {
    this.#world = world;
    this.#book = book;
  }

  /** Requests that will still be executed. */
  get late(): number {
    return this.#late;
  }

  async read<R>(answer: () => R): Promise<R | Failed> {
    const { clock, weather } = this.#world;
    await clock.sleep(weather.between(5, 80));
    if (weather.strikes('target throttles')) return { kind: 'throttled', afterMs: weather.between(0, 5_000) };
    if (weather.strikes('target does not answer a read')) {
      await clock.sleep(weather.between(0, 10_000));
      return { kind: 'unavailable', detail: 'no answer' };
    }
    return answer();
  }

  async write(operation: string, about: string, execute: () => WriteOutcome): Promise<WriteOutcome> {
    const request: Request = { at: this.#world.clock.now(), operation, about };
    this.all.push(request);
    const outcome = await this.#sent(operation, execute);
    request.outcome = outcome.kind;
    return outcome;
  }

  async #sent(operation: string, execute: () => WriteOutcome): Promise<WriteOutcome> {
    const { clock, weather } = this.#world;
    await clock.sleep(weather.between(5, 150));
    if (weather.strikes('request not sent')) return { kind: 'notSent', detail: 'connection refused' };
    if (weather.strikes('session expired')) return { kind: 'notSent', detail: 'the session has expired' };
    if (weather.strikes('target throttles')) return { kind: 'throttled', afterMs: weather.between(0, 5_000) };
    if (weather.strikes('HTML instead of an answer')) {
      if (weather.chance(0.5)) execute();
      return inDoubt('HTTP 200 with a login page');
    }
    if (weather.strikes('reply lost')) {
      execute();
      await clock.sleep(weather.between(1_000, 15_000));
      return inDoubt('timeout');
    }
    if (weather.strikes('executed late')) return this.#executedLate(execute);
    // A proxy that makes a request again knows nothing of what it does; only creates show it.
    if (operation === 'create' && weather.strikes('executed twice')) this.#later(weather.between(0, 20_000), execute);
    return this.#refusedByPeriod(operation) ?? execute();
  }

  async #executedLate(execute: () => WriteOutcome): Promise<WriteOutcome> {
    const { clock, weather } = this.#world;
    const patience = weather.between(1_000, 15_000);
    // Now and then longer than the operation promises: drafts may be left behind then, but nothing may be posted twice.
    const longest = weather.chance(0.2) ? 3 * SETTLE_MS : SETTLE_MS - 2_000;
    this.#later(patience + weather.between(0, longest), execute);
    await clock.sleep(patience);
    return inDoubt('timeout');
  }

  #later(ms: number, execute: () => WriteOutcome): void {
    const { clock, chronicle } = this.#world;
    this.#late += 1;
    clock.after(ms, () => {
      this.#late -= 1;
      const { kind } = execute();
      chronicle.note(`executed late: ${kind}`);
      if (kind === 'done') chronicle.count('lateExecutions');
    });
  }

  #refusedByPeriod(operation: string): WriteOutcome | undefined {
    if (!this.#book.isPeriodClosed || !['create', 'submit', 'post'].includes(operation)) return undefined;
    return {
      kind: 'rejected',
      code: 'PERIOD',
      words: 'the period is closed',
      owner: 'finance',
      nextStep: inBoth('Open the period, then release.', '请打开会计期间，然后放行。'),
    };
  }
}
