import type { CallContext, SourceCalls } from '@voucherline/connector-kit';
import type { AnyMessage } from '@voucherline/contracts';
import type { Configuration } from '@voucherline/pipeline';
import type { Change, KeyedDraft, Lane, PlanContext, Route, Step, Worker } from '@voucherline/work';
import { resolvedDraft } from '../parking.js';
import { emptyNotes, type Note, type NoteLane } from './note-lane.js';
import { NOTE_WORKER, settleFind, settleWrite } from './settle-note.js';

/** The source connector of a product; undefined when there is none. */
export type SourceOf = (product: string) => SourceCalls | undefined;

/**
 * The worker that writes back to sources: the voucher's number as a note on the approval, once. A note carries its key, so
 * it is looked up before it is written and after every doubt.
 */
export function noteWorker(sourceOf: SourceOf): Worker<NoteLane> {
  return {
    name: NOTE_WORKER,
    inputs: ['vouchers.commands.v1', 'operations.actions.v1'],
    route,
    initial: () => emptyNotes,
    plan: (lane, context) => plan(lane, context, sourceOf),
    probe: (context) => probe(context, sourceOf),
  };
}

function route(message: AnyMessage): readonly Route[] {
  switch (message.type) {
    case 'WriteBack':
      return [{ connection: message.data.connection, key: message.key }];
    case 'ParkedReleased':
    case 'ParkedDiscarded': {
      const { stage, connection, subject } = message.data;
      return stage === NOTE_WORKER && connection !== undefined ? [{ connection, key: subject }] : [];
    }
    default:
      return [];
  }
}

function plan(lane: Lane<NoteLane>, { now, configuration }: PlanContext, sourceOf: SourceOf): Step<NoteLane, never> {
  const { state, messages } = receive(lane, now);
  const consumed = lane.mailbox.length;
  const change: Change<NoteLane, never> | undefined = consumed > 0 ? { state, consumed, messages } : undefined;
  const [first, ...others] = state.notes;
  if (first === undefined) return { kind: 'wait', ...(change && { change }), drop: true };
  if (first.phase.name === 'parked') return { kind: 'wait', ...(change && { change }) };
  if (first.notBefore > now) return { kind: 'wait', until: first.notBefore, ...(change && { change }) };

  const source = sourceOfConnection(lane.connection, configuration, sourceOf);
  const { document, writeBackKey: key, text } = first.command.data;
  const around = { connection: lane.connection, others, now };
  if (first.phase.name === 'missing') {
    const writing: Note = { ...first, phase: { name: 'writing' } };
    return {
      kind: 'call',
      name: 'addNote',
      access: 'write',
      priority: 'finish',
      before: { consumed, messages, state: { notes: [writing, ...others] } },
      run: (context) => source.addNote({ document, key, text }, context),
      settle: (outcome, settledAt) => settleWrite(writing, outcome, { ...around, now: settledAt }),
    };
  }
  return {
    kind: 'call',
    name: 'findNote',
    access: 'read',
    priority: 'finish',
    ...(change && { before: change }),
    run: (context) => source.findNote({ document, key }, context),
    settle: (outcome, settledAt) => settleFind(recovered(first, now), outcome, { ...around, now: settledAt }),
  };
}

/** A note found in writing has lost its writer: it is in doubt from now on. */
function recovered(note: Note, now: number): Note {
  return note.phase.name === 'writing' ? { ...note, phase: { name: 'inDoubt', since: now } } : note;
}

function receive(lane: Lane<NoteLane>, now: number): { state: NoteLane; messages: readonly KeyedDraft[] } {
  let { notes } = lane.state;
  const messages: KeyedDraft[] = [];
  for (const message of lane.mailbox) {
    if (message.type === 'WriteBack') {
      const known = notes.some(({ command }) => command.data.writeBackKey === message.data.writeBackKey);
      const { id, key, data } = message;
      const fresh = { phase: { name: 'looking' }, tries: 0, notBefore: 0, releasedBy: null } as const;
      if (!known) notes = [...notes, { command: { id, key, data }, ...fresh }];
    } else if (message.type === 'ParkedReleased' || message.type === 'ParkedDiscarded') {
      const { parkedId } = message.data;
      const note = notes.find(({ phase }) => phase.name === 'parked' && phase.parkedId === parkedId);
      if (note === undefined) continue;
      const released = message.type === 'ParkedReleased';
      const place = { stage: NOTE_WORKER, connection: lane.connection, subject: note.command.key, parkedId, at: now };
      messages.push(resolvedDraft(place, released ? 'released' : 'discarded', message.id));
      const again: Note = { ...note, phase: { name: 'looking' }, tries: 0, notBefore: 0, releasedBy: message.id };
      notes = released ? notes.map((one) => (one === note ? again : one)) : notes.filter((one) => one !== note);
    }
  }
  return { state: { notes }, messages };
}

function sourceOfConnection(connection: string, configuration: Configuration, sourceOf: SourceOf): SourceCalls {
  const product = configuration.connection(connection)?.content.product;
  const source = product === undefined ? undefined : sourceOf(product);
  if (source === undefined) throw new Error(`connection ${connection} has no source connector to write back with`);
  return source;
}

function probe(context: CallContext, sourceOf: SourceOf) {
  const { product } = context.connection.content;
  const source = sourceOf(product);
  if (source === undefined) throw new Error(`no source connector for product ${product}`);
  return source.probe(context);
}
