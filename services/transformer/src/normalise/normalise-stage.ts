import type { SourcePure } from '@voucherline/connector-kit';
import type { AnyMessage, DocumentCollected } from '@voucherline/contracts';
import {
  type ApprovalParts,
  missingEvents,
  noParts,
  type PulledParts,
  withEvent,
  withObservation,
} from '@voucherline/domain';
import type { Stage } from '@voucherline/pipeline';
import { isTable, missingOfTable, type TableReaders, withTableMessage } from './pulled-tables.js';

/** A key is an approval's or a table's. */
export type NormaliseParts = ApprovalParts | PulledParts;

/** Of a connection, a fold uses what never changes (product, account) and the time zone. */
export interface NormaliseOptions extends TableReaders {
  readonly sourceOf: (product: string) => SourcePure | undefined;
}

/**
 * Folds collected documents into what is not on the log yet: the events of approvals that a snapshot shows, and the entries of
 * tables that a pull shows.
 */
export function normaliseStage({ sourceOf, ...readers }: NormaliseOptions): Stage<NormaliseParts> {
  const { configuration } = readers;
  const observe = (parts: ApprovalParts, subject: string, collected: DocumentCollected): ApprovalParts => {
    const { connection: name, document, content, readAt } = collected;
    const connection = configuration.connection(name)?.content;
    if (connection === undefined) throw new Error(`connection ${name} is not published: publish it, then release`);
    const source = sourceOf(connection.product);
    if (source === undefined) throw new Error(`no source connector for product ${connection.product} in this version`);
    const seen = source.normalise(content, connection);
    if (seen.document !== document) {
      throw new Error(`the content is of document ${seen.document}, but was collected as ${document}`);
    }
    return withObservation(parts, subject, seen, { connection: name, readAt });
  };
  return {
    name: 'transformer/normalise',
    inputs: ['documents.collected.v1'],
    outputs: ['approvals.events.v1', 'masterdata.entries.v1'],
    initial: () => noParts,
    fold: (parts, message) => {
      if (isTable(message.key)) return withTableMessage(isPulled(parts) ? parts : undefined, message, readers);
      if (isPulled(parts)) throw new Error(`${message.key} is no table`);
      // A sweep's result has a key of its own, under which no document is collected.
      if (message.type === 'SweepCompleted') return parts;
      return message.type === 'DocumentCollected'
        ? observe(parts, message.key, message.data)
        : withEvent(parts, message);
    },
    decide: (subject, parts) =>
      isPulled(parts) ? missingOfTable(subject, parts, readers) : missingEvents(subject, parts),
    supersedes: (later, parked) => isNewerSnapshot(later, parked),
  };
}

function isPulled(parts: NormaliseParts): parts is PulledParts {
  return 'tables' in parts;
}

/** A later read of the same document, unless it shows an open approval where the parked one had ended. */
function isNewerSnapshot(later: AnyMessage, parked: AnyMessage): boolean {
  if (later.type !== 'DocumentCollected' || parked.type !== 'DocumentCollected') return false;
  const [newer, older] = [later.data, parked.data];
  return (
    newer.document === older.document &&
    Date.parse(newer.readAt) >= Date.parse(older.readAt) &&
    (newer.ended || !older.ended)
  );
}
