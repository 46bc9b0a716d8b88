import {
  MASTER_DATA,
  type MasterDataCalls,
  pulledKinds,
  type SourceCalls,
  type TargetCalls,
  tableKey,
} from '@voucherline/connector-kit';
import { type AnyMessage, documentKey, parseDocumentKey } from '@voucherline/contracts';
import type { Configuration } from '@voucherline/pipeline';
import type { Route, Worker } from '@voucherline/work';
import { type DocumentState, planDocument, unknownDocument } from './document-lane.js';
import { planTable, type TableState, unknownTable } from './master-data-lane.js';
import { WORKER } from './parking.js';
import { noSweepYet, planSweep, type SweepState } from './sweep-lane.js';

/** State of a lane: of a document, of the sweeps over one kind, or of a table. `null` before its first message. */
export type ReadState = DocumentState | SweepState | TableState | null;

/** The calling halves of connectors, by product; undefined where a product is none of the kind. */
export interface Connectors {
  source(product: string): SourceCalls | undefined;
  target(product: string): TargetCalls | undefined;
  masterData(product: string): MasterDataCalls | undefined;
}

/** Kind, in a document key, of the lane that sweeps over something. */
const SWEEP = 'sweep';

/**
 * The collector's worker: every read that becomes history. A lane is a document of a source, named by its key; the sweeps over
 * one kind, named `<product>/<account>/sweep/<kind>`; or a table of master data, of a source or a target, named by its key.
 */
export function readWorker(connectors: Connectors): Worker<ReadState> {
  return {
    name: WORKER,
    inputs: ['inbound.received.v1', 'configuration.published.v1', 'operations.actions.v1'],
    route: (message, configuration) => route(message, configuration, connectors),
    initial: () => null,
    plan: (lane, context) => {
      const { product, kind, id } = parseDocumentKey(lane.key);
      if (kind === MASTER_DATA) {
        const calls = required(connectors.masterData(product), 'master data', product);
        return planTable({ ...lane, state: (lane.state as TableState | null) ?? unknownTable }, calls, context);
      }
      const calls = required(connectors.source(product), 'source', product);
      if (kind === SWEEP) {
        return planSweep(
          { ...lane, state: (lane.state as SweepState | null) ?? noSweepYet },
          { kind: id, calls },
          context,
        );
      }
      return planDocument({ ...lane, state: (lane.state as DocumentState | null) ?? unknownDocument }, calls, context);
    },
    probe: (context) => {
      const { product } = context.connection.content;
      return required(connectors.source(product) ?? connectors.target(product), 'connector', product).probe(context);
    },
  };
}

function required<T>(calls: T | undefined, what: string, product: string): T {
  if (calls === undefined) throw new Error(`no ${what} for ${product}`);
  return calls;
}

function route(message: AnyMessage, configuration: Configuration, connectors: Connectors): readonly Route[] {
  switch (message.type) {
    case 'InboundReceived': {
      const { hint, connection } = message.data;
      return hint?.worthRead ? [{ connection, key: hint.document }] : [];
    }
    case 'ConnectionPublished': {
      const { content } = message.data;
      const { name: connection, product, account } = content;
      const swept = connectors.source(product)?.listKinds(content) ?? [];
      const pulled = connectors.masterData(product) === undefined ? [] : pulledKinds(content);
      return [
        ...swept.map((kind) => ({ connection, key: documentKey({ product, account, kind: SWEEP, id: kind }) })),
        ...pulled.map((kind) => ({ connection, key: tableKey(content, kind) })),
      ];
    }
    case 'PullRequested': {
      const content = configuration.connection(message.data.connection)?.content;
      return content === undefined ? [] : [{ connection: content.name, key: tableKey(content, message.data.kind) }];
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
