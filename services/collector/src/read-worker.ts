import type { SourceCalls } from '@voucherline/connector-kit';
import { type AnyMessage, documentKey, parseDocumentKey } from '@voucherline/contracts';
import type { Configuration } from '@voucherline/pipeline';
import type { Lane, Route, Worker } from '@voucherline/work';
import { type DocumentState, planDocument, unknownDocument } from './document-lane.js';
import { WORKER } from './parking.js';
import { noSweepYet, planSweep, type SweepState } from './sweep-lane.js';

/** State of a lane: of a document, or of the sweeps over one kind. `undefined` before its first message. */
export type ReadState = DocumentState | SweepState | null;

/** Kind, in a document key, of the lane that sweeps over something. */
const SWEEP = 'sweep';

/**
 * The collector's worker: every read from a source that becomes history. A lane is a document, named by its key, or
 * the sweeps over one kind, named `<product>/<account>/sweep/<kind>`.
 */
export function readWorker(sourceOf: (product: string) => SourceCalls | undefined): Worker<ReadState> {
  const knownSource = (product: string): SourceCalls => {
    const source = sourceOf(product);
    if (source === undefined) throw new Error(`no source connector for ${product}`);
    return source;
  };
  return {
    name: WORKER,
    inputs: ['inbound.received.v1', 'configuration.published.v1', 'operations.actions.v1'],
    route: (message, configuration) => route(message, configuration, sourceOf),
    initial: () => null,
    plan: (lane, context) => {
      const ref = parseDocumentKey(lane.key);
      const source = knownSource(ref.product);
      if (ref.kind === SWEEP) {
        return planSweep(
          { ...lane, state: (lane.state as SweepState | null) ?? noSweepYet },
          { kind: ref.id, calls: source },
          context,
        );
      }
      return planDocument(
        { ...lane, state: (lane.state as DocumentState | null) ?? unknownDocument } as Lane<DocumentState>,
        source,
        context,
      );
    },
    probe: (context) => knownSource(context.connection.content.product).probe(context),
  };
}

function route(
  message: AnyMessage,
  _configuration: Configuration,
  sourceOf: (product: string) => SourceCalls | undefined,
): readonly Route[] {
  switch (message.type) {
    case 'InboundReceived': {
      const { hint, connection } = message.data;
      return hint?.worthRead ? [{ connection, key: hint.document }] : [];
    }
    case 'ConnectionPublished': {
      const { content } = message.data;
      const kinds = sourceOf(content.product)?.listKinds(content) ?? [];
      const { product, account } = content;
      return kinds.map((kind) => ({
        connection: content.name,
        key: documentKey({ product, account, kind: SWEEP, id: kind }),
      }));
    }
    case 'ParkedReleased':
    case 'ParkedDiscarded': {
      const { stage, connection, subject } = message.data;
      return stage === WORKER && connection !== undefined ? [{ connection, key: subject }] : [];
    }
    default:
      return [];
  }
}
