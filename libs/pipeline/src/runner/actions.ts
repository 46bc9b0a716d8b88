import type { AnyMessage, LogRecord, Message, Topic } from '@voucherline/contracts';
import { decodeIfReadable } from '../read-messages.js';
import { shardOf } from '../shard-of.js';
import type { Stage, SubjectAction } from '../stage.js';
import type { OwnedShard } from './owned-shard.js';
import { OPERATIONS } from './parking.js';

export const ACTIONS: Topic = 'operations.actions.v1';

/** An action of a person that concerns this stage. */
export interface Action {
  readonly offset: number;
  readonly message:
    | Message<'ParkedReleased'>
    | Message<'ParkedDiscarded'>
    | Message<'ReplayRequested'>
    | Message<'RebuildRequested'>
    | Message<SubjectAction>;
}

/** The actions in these records that are for a stage. What can't be read is nobody's action. */
export function actionsFor({ name, actions }: Stage, records: readonly LogRecord[]): Action[] {
  return records.flatMap((record) => {
    const message = decodeIfReadable(record);
    switch (message?.type) {
      case 'ParkedReleased':
      case 'ParkedDiscarded':
      case 'ReplayRequested':
      case 'RebuildRequested':
        return message.data.stage === name ? [{ offset: Number(record.offset), message } as Action] : [];
      case 'ReplanRequested':
        return actions?.includes(message.type) ? [{ offset: Number(record.offset), message }] : [];
      default:
        return [];
    }
  });
}

/** An action that is folded into the state of its subject, and when it was published (ms). */
export interface FoldedAction {
  readonly message: Message<SubjectAction>;
  readonly timestamp: number;
}

/** The folded actions about subjects of a shard, up to (not including) an offset, oldest first. */
export async function foldedActions<S>(owned: OwnedShard<S>, to: number): Promise<readonly FoldedAction[]> {
  const { broker, stage } = owned.dependencies;
  if (stage.actions === undefined) return [];
  const range = (await broker.offsets(ACTIONS))[0];
  const end = range === undefined || BigInt(to) < range.high ? BigInt(to) : range.high;
  if (range === undefined || end <= range.low) return [];
  const found: FoldedAction[] = [];
  const isOwn = await subjectsOf(owned);
  for await (const records of broker.read(ACTIONS, 0, range.low, end)) {
    for (const record of records) {
      const message = decodeIfReadable(record);
      if (isFolded(stage as Stage, message) && isOwn(message.data.subject)) {
        found.push({ message, timestamp: record.timestamp });
      }
    }
  }
  return found;
}

/** Tells whether a subject belongs to a shard. */
export async function subjectsOf<S>({ shard, dependencies }: OwnedShard<S>): Promise<(subject: string) => boolean> {
  const shards = (await dependencies.broker.offsets(OPERATIONS)).length;
  return (subject) => shardOf(subject, shards) === shard;
}

function isFolded({ actions = [] }: Stage, message: AnyMessage | undefined): message is Message<SubjectAction> {
  return message !== undefined && (actions as readonly string[]).includes(message.type);
}
