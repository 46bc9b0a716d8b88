import { type Clock, crashPoint, type Logger, type Timers } from '@voucherline/platform';
import type { OutgoingRecord, Producer } from '../broker.js';
import type { StageMetrics } from './metrics.js';

/** Commits that may wait for their publication; more, and the next commit waits. */
const MOST_UNPUBLISHED = 4;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;

interface Committed {
  readonly seq: number;
  readonly records: readonly OutgoingRecord[];
}

export interface PublisherOptions {
  readonly producer: Producer;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: StageMetrics;
}

/**
 * Publishes what a shard has committed, from memory, in order, one send in flight. A send that fails is made again for as
 * long as the shard is owned: the messages are committed facts, and readers ignore what they have seen.
 */
export class Publisher {
  /** Up to which commit everything is on the log. */
  published: number;
  readonly #options: PublisherOptions;
  readonly #queue: Committed[] = [];
  readonly #stopping = new AbortController();
  #working: Promise<void> | undefined;
  #waiting: (() => void)[] = [];

  constructor(published: number, options: PublisherOptions) {
    this.published = published;
    this.#options = options;
  }

  add(seq: number, records: readonly OutgoingRecord[]): void {
    if (this.#stopping.signal.aborted) return;
    this.#queue.push({ seq, records });
    this.#working ??= this.#publishAll();
  }

  /** Resolves when another commit may be made. @throws when the publisher was stopped */
  room(): Promise<void> {
    return this.#until(() => this.#queue.length < MOST_UNPUBLISHED);
  }

  /** Resolves when everything is on the log. @throws when the publisher was stopped */
  drained(): Promise<void> {
    return this.#until(() => this.#queue.length === 0);
  }

  throwIfStopped(): void {
    this.#stopping.signal.throwIfAborted();
  }

  /** Sends nothing more; what is in flight is waited for. The next owner publishes the rest. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the publisher was stopped'));
    this.#wake();
    await this.#working;
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      this.#stopping.signal.throwIfAborted();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#stopping.signal.throwIfAborted();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  async #publishAll(): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; this.#queue.length > 0 && !this.#stopping.signal.aborted; ) {
      const commits = [...this.#queue];
      if (await this.#publish(commits)) {
        this.published = commits.at(-1)?.seq ?? this.published;
        this.#queue.splice(0, commits.length);
        backoff = FIRST_BACKOFF_MS;
        this.#wake();
      } else {
        await this.#options.timers.sleep(backoff, this.#stopping.signal).catch(() => {});
        backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS);
      }
    }
    this.#working = undefined;
  }

  async #publish(commits: readonly Committed[]): Promise<boolean> {
    const { producer, logger, metrics, clock } = this.#options;
    const records = commits.flatMap((commit) => commit.records);
    const started = clock.now();
    try {
      crashPoint('before-stage.publish');
      await producer.send(records);
      crashPoint('after-stage.publish');
      metrics.publishSeconds.observe((clock.now() - started) / 1_000);
      return true;
    } catch (error) {
      logger.warn('publishing failed, trying again', { count: records.length, error });
      return false;
    }
  }
}
