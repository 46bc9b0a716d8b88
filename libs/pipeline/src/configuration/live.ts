import { type AnyMessage, decode, type LogRecord, UnreadableRecord } from '@voucherline/contracts';
import type { Logger } from '@voucherline/platform';
import type { Broker } from '../broker.js';
import type { LiveConfiguration } from './configuration.js';
import { RecordedConfiguration } from './recorded.js';

const TOPIC = 'configuration.published.v1';

/** A configuration that follows its topic until it is closed. */
export interface FollowedConfiguration extends LiveConfiguration {
  close(): Promise<void>;
}

/**
 * Reads all that was published so far, then follows. A record that can't be read is logged and passed over: it was not
 * written by `voucherline publish`, which checks what it writes.
 */
export async function followConfiguration(broker: Broker, logger: Logger): Promise<FollowedConfiguration> {
  const configuration = new Following(broker, logger);
  await configuration.start();
  return configuration;
}

class Following extends RecordedConfiguration implements FollowedConfiguration {
  readonly #broker: Broker;
  readonly #logger: Logger;
  readonly #listeners = new Set<() => void>();
  #stop: () => Promise<void> = async () => {};

  constructor(broker: Broker, logger: Logger) {
    super();
    this.#broker = broker;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    const { stop } = await this.#broker.follow(TOPIC, (records) => this.#take(records));
    this.#stop = stop;
  }

  async upTo(offset: number): Promise<void> {
    if (this.position >= offset) return;
    const end = (await this.#broker.offsets(TOPIC))[0]?.high ?? 0n;
    if (offset >= end) throw new RangeError(`configuration ${offset} is not published; ${TOPIC} ends at ${end}`);
    await new Promise<void>((resolve) => {
      const check = () => {
        if (this.position < offset) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = this.onChange(check);
      check();
    });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.#stop();
  }

  #take(records: readonly LogRecord[]): void {
    for (const record of records) this.add(this.#read(record), Number(record.offset), record.timestamp);
    for (const listener of this.#listeners) listener();
  }

  #read(record: LogRecord): AnyMessage | undefined {
    try {
      return decode(record);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      this.#logger.error('unreadable configuration passed over', { offset: String(record.offset), error });
      return undefined;
    }
  }
}
