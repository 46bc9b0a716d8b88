import type { CallContext } from '@voucherline/connector-kit';
import type { AnyMessage } from '@voucherline/contracts';
import type { LedgerEffect } from '@voucherline/store';
import type { Change, Lane, PlanContext, Route, Step, Worker } from '@voucherline/work';
import { targetCall } from './calls.js';
import { Desk, POST_WORKER } from './desk.js';
import { emptyLane, type Posting, type PostLane } from './lane-state.js';
import { type TargetOf, voucherIntent } from './operation.js';

/**
 * The worker that posts vouchers: every write to a target, by the posting protocol. A lane is one subject in one target,
 * so what concerns one approval happens in its order.
 */
export function postWorker(targetOf: TargetOf): Worker<PostLane, LedgerEffect> {
  return {
    name: POST_WORKER,
    inputs: ['vouchers.commands.v1', 'operations.actions.v1'],
    route,
    initial: () => emptyLane,
    plan: (lane, context) => plan(lane, context, targetOf),
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
    default:
      return [];
  }
}

function plan(lane: Lane<PostLane>, context: PlanContext, targetOf: TargetOf): Step<PostLane, LedgerEffect> {
  const { connection, mailbox } = lane;
  const { now, configuration } = context;
  const desk = new Desk(connection, configuration, targetOf, lane.state);
  for (const message of mailbox) desk.receive(message, now);
  const due = desk.goOn(now);
  if (due.kind === 'wait') {
    const change = changeOf(desk, lane.state, mailbox.length);
    return { kind: 'wait', ...(due.until !== undefined && { until: due.until }), ...(change && { change }) };
  }
  const { posting, action, operation } = due;
  const generation = posting.record?.generation ?? 1;
  const call = targetCall(action, operation, voucherIntent(posting.command, generation), now);
  if (call.access === 'write') desk.happen(posting, { type: 'SendBegun', at: now });
  const before = changeOf(desk, lane.state, mailbox.length);
  const { state } = desk;
  const { voucherKey } = posting.command.data;
  return {
    kind: 'call',
    name: action.kind,
    access: call.access,
    priority: 'finish',
    ...(before && { before }),
    run: (callContext) => call.run(callContext),
    settle: (outcome, settledAt) => {
      const settling = new Desk(connection, configuration, targetOf, state);
      settling.happen(postingOf(state, voucherKey), call.event(outcome, settledAt));
      return { state: settling.state, ...settling.notes };
    },
  };
}

/** What there is to commit; nothing when neither state nor mailbox changed. */
function changeOf(desk: Desk, before: PostLane, consumed: number): Change<PostLane, LedgerEffect> | undefined {
  return desk.state === before && consumed === 0 ? undefined : { state: desk.state, consumed, ...desk.notes };
}

function postingOf({ commands, watched }: PostLane, voucherKey: string): Posting {
  const [head] = commands;
  const found = [...(head === undefined ? [] : [head]), ...watched].find(
    ({ command }) => command.data.voucherKey === voucherKey && command.type === 'PostVoucher',
  );
  if (found === undefined) throw new Error(`voucher ${voucherKey} is not on its way in this lane`);
  return found as Posting;
}

function targetFor(context: CallContext, targetOf: TargetOf) {
  const { product } = context.connection.content;
  const target = targetOf(product);
  if (target === undefined) throw new Error(`no target connector for product ${product}`);
  return target;
}
