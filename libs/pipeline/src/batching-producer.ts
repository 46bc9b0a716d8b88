import type { Timers } from '@voucherline/platform';
import type { OutgoingRecord, Producer } from './broker.js';

/** More records wait than the log takes: the caller says so to its own caller (HTTP 503), who comes again. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

export interface BatchingOptions {
  readonly producer: Producer;
  readonly timers: Timers;
  /** How long the first record of a batch waits for others, ms. */
  readonly lingerMs?: number;
  /** Records in a send at most. */
  readonly batchSize?: number;
  /** Bytes of values in a send at most. */
  readonly batchBytes?: number;
  /** Records that wait or are on their way at most. */
  readonly queueSize?: number;
  /** Bytes of their values at most: a webhook may have 256 KiB, and so many of them would be the whole memory. */
  readonly queueBytes?: number;
}

interface Waiting {
  readonly record: OutgoingRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers single records into sends, 20 to 40 times as many a second as one by one (stack.md §5.6). Sends run one after the
 * other: while one is under way the next one fills up.
 */
export class BatchingProducer {
  readonly #options: Required<BatchingOptions>;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  /** Of what waits and what is on its way. */
  #bytes = 0;
  #sending: Promise<void> | undefined;

  constructor(options: BatchingOptions) {
    this.#options = {
      lingerMs: 3,
      batchSize: 500,
      batchBytes: 900_000,
      queueSize: 10_000,
      queueBytes: 64_000_000,
      ...options,
    };
  }

  /** Resolves when all replicas have the record. Rejects when the send failed; the record may be in the log all the same. @throws {Overloaded} */
  append(record: OutgoingRecord): Promise<void> {
    const { queueSize, queueBytes } = this.#options;
    const records = this.#waiting.length + this.#inFlight;
    if (records >= queueSize || this.#bytes >= queueBytes) {
      return Promise.reject(
        new Overloaded(`${records} records of ${this.#bytes} bytes wait for the log; come again later`),
      );
    }
    this.#bytes += record.record.value.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#sending ??= this.#sendAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    await this.#options.timers.sleep(this.#options.lingerMs);
    while (this.#waiting.length > 0) await this.#send(this.#next());
    this.#sending = undefined;
  }

  #next(): Waiting[] {
    const { batchSize, batchBytes } = this.#options;
    let bytes = 0;
    const end = this.#waiting.findIndex(({ record }, index) => {
      bytes += record.record.value.length;
      return index > 0 && (index >= batchSize || bytes > batchBytes);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    this.#inFlight = batch.length;
    try {
      await this.#options.producer.send(batch.map(({ record }) => record));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#inFlight = 0;
      for (const { record } of batch) this.#bytes -= record.record.value.length;
    }
  }
}
