import { partitionsOf } from '@voucherline/contracts';
import { type OutgoingRecord, type Producer, shardOf } from '@voucherline/pipeline';
import { crashPoint, type Logger, type Timers } from '@voucherline/platform';
import type { Outgoing } from '@voucherline/store';

/** Records of one send: enough to be fast, few enough to be repeated without harm when a send fails half-way. */
const MOST_RECORDS = 500;
/**
 * What waits for the log takes no more memory than this before work rests: a vendor may answer for a whole night while the log
 * takes nothing.
 */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;
/** Headers and objects of a record in memory, roughly. */
const BESIDE_THE_VALUE = 2_000;
const RETRY = { firstMs: 200, lastMs: 10_000 } as const;

/** What one commit said. */
export interface Entry {
  readonly records: readonly Outgoing[];
}

interface Waiting {
  readonly entry: Entry;
  readonly acknowledged: () => void;
}

/**
 * Says what was committed, in the order of the commits, one send in flight. A send that fails is repeated until it
 * succeeds: readers ignore what they have seen, and nothing may be said before it.
 */
export class Publisher {
  readonly #producer: Producer;
  readonly #shards: number;
  readonly #ports: { readonly timers: Timers; readonly logger: Logger };
  readonly #waiting: Waiting[] = [];
  readonly #stopped = new AbortController();
  #sending: Promise<void> = Promise.resolve();
  #busy = false;
  #waitingBytes = 0;

  constructor(producer: Producer, shards: number, ports: { timers: Timers; logger: Logger }) {
    this.#producer = producer;
    this.#shards = shards;
    this.#ports = ports;
  }

  /** Entries that wait for their acknowledgement. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** So much waits for the log that nothing should be begun that says more. */
  get isBehind(): boolean {
    return this.#waitingBytes > MOST_WAITING_BYTES;
  }

  /** Resolves when the log has acknowledged the entry; never when the publisher is stopped before. */
  publish(entry: Entry): Promise<void> {
    return new Promise((acknowledged) => {
      this.#waiting.push({ entry, acknowledged });
      this.#waitingBytes += bytesOf(entry);
      if (!this.#busy) this.#sending = this.#sendAll();
    });
  }

  /** Resolves when all was acknowledged that waits now. */
  drained(): Promise<void> {
    return this.#sending;
  }

  /** Ends the attempts; what is not acknowledged stays in the outbox for whoever takes over. */
  stop(): void {
    this.#stopped.abort();
  }

  async #sendAll(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#waiting.length > 0 && !this.#stopped.signal.aborted) {
        const batch = this.#nextBatch();
        const records = batch.flatMap(({ entry }) => entry.records.map((record) => this.#outgoing(record)));
        if (!(await this.#sendUntilAcknowledged(records))) return;
        this.#waiting.splice(0, batch.length);
        for (const { entry, acknowledged } of batch) {
          this.#waitingBytes -= bytesOf(entry);
          acknowledged();
        }
      }
    } finally {
      this.#busy = false;
    }
  }

  #nextBatch(): readonly Waiting[] {
    let records = 0;
    const end = this.#waiting.findIndex(({ entry }) => {
      records += entry.records.length;
      return records > MOST_RECORDS;
    });
    return this.#waiting.slice(0, end === -1 ? undefined : Math.max(1, end));
  }

  async #sendUntilAcknowledged(records: readonly OutgoingRecord[]): Promise<boolean> {
    for (let tries = 0; !this.#stopped.signal.aborted; tries += 1) {
      try {
        crashPoint('before-work.publish');
        await this.#producer.send(records);
        crashPoint('after-work.publish');
        return true;
      } catch (error) {
        this.#ports.logger.warn('the log does not take what was said; trying again', { error, count: records.length });
        const gap = Math.min(RETRY.lastMs, RETRY.firstMs * 2 ** Math.min(tries, 10));
        await this.#ports.timers.sleep(gap, this.#stopped.signal).catch(() => {});
      }
    }
    return false;
  }

  #outgoing({ topic, record }: Outgoing): OutgoingRecord {
    const partition = partitionsOf(topic, this.#shards) === 1 ? 0 : shardOf(record.key, this.#shards);
    return { topic, partition, record };
  }
}

function bytesOf({ records }: Entry): number {
  return records.reduce((sum, { record }) => sum + record.value.length + BESIDE_THE_VALUE, 0);
}
