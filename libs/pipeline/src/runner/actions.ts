import { type AnyMessage, decode, type LogRecord, type Message, UnreadableRecord } from '@voucherline/contracts';

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
    const message = readable(record);
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

function readable(record: LogRecord): AnyMessage | undefined {
  try {
    return decode(record);
  } catch (error) {
    if (error instanceof UnreadableRecord) return undefined;
    throw error;
  }
}
