import { type AnyMessage, decode, type LogRecord, type Topic, UnreadableRecord } from '@voucherline/contracts';
import { type MasterData, MasterDataTables } from '@voucherline/domain';
import type { Logger } from '@voucherline/platform';
import type { Broker } from '../broker.js';

const TOPIC: Topic = 'masterdata.entries.v1';

/** Master data that is kept up to date. */
export interface LiveMasterData extends MasterData {
  /** Calls back when a table became complete; returns the unsubscription. */
  onComplete(listener: (table: string) => void): () => void;
}

/** Master data that follows its topic until it is closed. */
export interface FollowedMasterData extends LiveMasterData {
  close(): Promise<void>;
}

/** Reads all that was said so far, then follows. A record that can't be read is logged and passed over: its row stays as it was. */
export async function followMasterData(broker: Broker, logger: Logger): Promise<FollowedMasterData> {
  const tables = new ListenedTables();
  const read = (record: LogRecord): AnyMessage | undefined => {
    try {
      return decode(record);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      const { partition, offset } = record;
      logger.error('unreadable master data passed over', { partition, offset: String(offset), error });
      return undefined;
    }
  };
  const { stop } = await broker.follow(TOPIC, (records) => {
    for (const record of records) tables.take(read(record));
  });
  return Object.assign(tables, { close: stop });
}

/** Tables that tell when one became complete. */
export class ListenedTables extends MasterDataTables implements LiveMasterData {
  readonly #listeners = new Set<(table: string) => void>();

  take(message: AnyMessage | undefined): void {
    const completed = message && this.add(message);
    if (completed !== undefined) for (const listener of this.#listeners) listener(completed);
  }

  onComplete(listener: (table: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
