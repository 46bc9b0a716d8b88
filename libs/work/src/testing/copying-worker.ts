import type { AnyMessage } from '@voucherline/contracts';
import type { Change, Lane, Outcome, Worker } from '../worker.js';

export interface CopyState {
  readonly copied: readonly string[];
  /** The write that is under way, on record before it was sent. */
  readonly attempt?: string;
}

export interface CopyEffect {
  readonly copied: string;
}

/** What the vendor of {@link copyingWorker} does with a call. */
export interface Vendor {
  read(lane: Lane<CopyState>, message: AnyMessage): Promise<Outcome>;
  write?(lane: Lane<CopyState>, message: AnyMessage): Promise<Outcome>;
  probe?(): Promise<Outcome>;
}

export const anAnswer: Outcome = { kind: 'read', value: null };

/**
 * A worker for tests: reads each letter of a lane from the vendor (and writes it, where the vendor takes writes), then says
 * that it was copied. A read that fails is made again after a second.
 */
export function copyingWorker(vendor: Vendor): Worker<CopyState, CopyEffect> {
  return {
    name: 's/copy',
    inputs: ['vouchers.commands.v1'],
    route: (message) =>
      message.type === 'WriteBack' ? [{ connection: message.data.connection, key: message.data.document }] : [],
    initial: () => ({ copied: [] }),
    plan: (lane, context) => {
      const message = lane.mailbox.find(({ type }) => type === 'WriteBack');
      const { state } = lane;
      if (message === undefined) {
        const consumed = lane.mailbox.length;
        return consumed === 0 ? { kind: 'wait' } : { kind: 'wait', change: { state, consumed } };
      }
      const consumed = lane.mailbox.indexOf(message) + 1;
      const done = (): Change<CopyState, CopyEffect> => ({
        state: { copied: [...state.copied, message.id] },
        consumed,
        messages: [
          {
            type: 'WriteBackDone',
            id: `copied ${message.id}`,
            key: lane.key,
            time: new Date(context.now).toISOString(),
            data: { writeBackKey: message.id, document: lane.key },
          },
        ],
        effects: [{ copied: message.id }],
      });
      if (vendor.write !== undefined && state.attempt === undefined) {
        return {
          kind: 'call',
          name: 'write',
          access: 'write',
          priority: 'finish',
          before: { state: { ...state, attempt: message.id } },
          run: async () => vendor.write?.(lane, message) ?? anAnswer,
          settle: (outcome) =>
            outcome.kind === 'done' ? done() : { state: { copied: state.copied, ...inDoubt(outcome, message) } },
        };
      }
      return {
        kind: 'call',
        name: 'read',
        access: 'read',
        priority: 'finish',
        run: () => vendor.read(lane, message),
        // The vendor of these tests executes at once or never: what it does not know may be sent again.
        settle: (outcome) =>
          outcome.kind === 'read' ? done() : { state: outcome.kind === 'absent' ? { copied: state.copied } : state },
      };
    },
    probe: async () => (await (vendor.probe?.() ?? anAnswer)) as { kind: 'read'; value: undefined },
  };
}

/** Only what certainly was not sent may be sent again; all else is read first. */
function inDoubt(outcome: Outcome, message: AnyMessage): { attempt?: string } {
  return outcome.kind === 'notSent' || outcome.kind === 'throttled' ? {} : { attempt: message.id };
}
