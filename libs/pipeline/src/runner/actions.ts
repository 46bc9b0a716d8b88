import type { LogRecord, Message } from '@voucherline/contracts';
import { decodeIfReadable } from '../read-messages.js';

/** An action of a person that concerns this stage. */
export interface Action {
  readonly offset: number;
  readonly message:
    | Message<'ParkedReleased'>
    | Message<'ParkedDiscarded'>
    | Message<'ReplayRequested'>
    | Message<'RebuildRequested'>;
}

/** The actions in these records that are for a stage. What can't be read is nobody's action. */
export function actionsFor(stage: string, records: readonly LogRecord[]): Action[] {
  return records.flatMap((record) => {
    const message = decodeIfReadable(record);
    switch (message?.type) {
      case 'ParkedReleased':
      case 'ParkedDiscarded':
      case 'ReplayRequested':
      case 'RebuildRequested':
        return message.data.stage === stage ? [{ offset: Number(record.offset), message } as Action] : [];
      default:
        return [];
    }
  });
}
