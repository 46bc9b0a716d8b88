import type { CallContext } from '@voucherline/connector-kit';
import type { AnyMessage } from '@voucherline/contracts';
import type { ClaimExclusive, LedgerEffect } from '@voucherline/store';
import type { Change, Lane, PlanContext, Route, Step, Worker } from '@voucherline/work';
import { isOwnWord } from './adopt.js';
import { targetCall } from './calls.js';
import { Desk, POST_WORKER } from './desk.js';
import { emptyLane, knowledge, type PostLane, postingOf, upToDate } from './lane-state.js';
import { type TargetOf, voucherIntent } from './operation.js';
import { receive } from './receiving.js';
import { goOn, recoverAttempts } from './turns.js';

/**
 * The worker that posts vouchers: every write to a target, by the posting protocol. A lane is one subject in one target,
 * so what concerns one approval happens in its order.
 * @param claim takes exclusive values in the ledger
 */
export function postWorker(targetOf: TargetOf, claim: ClaimExclusive): Worker<PostLane, LedgerEffect> {
  return {
    name: POST_WORKER,
    inputs: ['vouchers.commands.v1', 'operations.actions.v1'],
    route,
    initial: () => emptyLane,
    knows: (state, message) =>
      // What people once decided is done with.
      message.type === 'PostVoucher' || message.type === 'ReverseVoucher' ? knowledge(state, message) : 'known',
    heard,
    plan: (lane, context) => plan(lane, context, targetOf, claim),
    probe: (context) => targetFor(context, targetOf).probe(context),
  };
}

function route(message: AnyMessage): readonly Route[] {
  switch (message.type) {
    case 'PostVoucher':
    case 'ReverseVoucher':
      return [{ connection: message.data.target, key: message.key }];
    case 'ParkedReleased':
    case 'ParkedDiscarded': {
      const { stage, connection, subject } = message.data;
      return stage === POST_WORKER && connection !== undefined ? [{ connection, key: subject }] : [];
    }
    case 'DoubtResolved':
      return [{ connection: message.data.connection, key: message.data.subject }];
    default:
      return [];
  }
}

/** Own words go to the lane that said them. */
function heard(message: AnyMessage): readonly Route[] {
  if (!isOwnWord(message)) return [];
  const { target, connection } = message.data as { readonly target?: string; readonly connection?: string };
  const to = target ?? connection;
  return to === undefined ? [] : [{ connection: to, key: message.key }];
}

function plan(
  lane: Lane<PostLane>,
  context: PlanContext,
  targetOf: TargetOf,
  claim: ClaimExclusive,
): Step<PostLane, LedgerEffect> {
  const { connection, mailbox } = lane;
  const { now, configuration } = context;
  const desk = new Desk(connection, configuration, targetOf, upToDate(lane.state));
  recoverAttempts(desk, now);
  for (const message of mailbox) receive(desk, message, now);
  const due = goOn(desk, now);
  if (due.kind === 'wait') {
    const change = changeOf(desk, lane.state, mailbox.length);
    return { kind: 'wait', ...(due.until !== undefined && { until: due.until }), ...(change && { change }) };
  }
  const { posting, action, operation } = due;
  const { voucherKey, exclusive = [] } = posting.command.data;
  const intent = voucherIntent(posting, posting.record?.generation ?? 1);
  const call = targetCall(action, { operation: operation.calls, intent, exclusive, claim }, now);
  if (call.access === 'write') desk.happen(posting, { type: 'SendBegun', at: now });
  const before = changeOf(desk, lane.state, mailbox.length);
  const { state } = desk;
  return {
    kind: 'call',
    name: action.kind,
    access: call.access,
    priority: 'finish',
    ...(before && { before }),
    run: (callContext) => call.run(callContext),
    settle: (outcome, settledAt) => {
      const settling = new Desk(connection, configuration, targetOf, state);
      const called = postingOf(state, voucherKey);
      if (called === undefined) throw new Error(`voucher ${voucherKey} is not on its way in this lane`);
      settling.happen(called, call.event(outcome, settledAt));
      return { state: settling.state, ...settling.notes };
    },
  };
}

/** What there is to commit; nothing when neither state nor mailbox changed. */
function changeOf(desk: Desk, before: PostLane, consumed: number): Change<PostLane, LedgerEffect> | undefined {
  return desk.state === before && consumed === 0 ? undefined : { state: desk.state, consumed, ...desk.notes };
}

function targetFor(context: CallContext, targetOf: TargetOf) {
  const { product } = context.connection.content;
  const target = targetOf(product);
  if (target === undefined) throw new Error(`no target connector for product ${product}`);
  return target;
}
