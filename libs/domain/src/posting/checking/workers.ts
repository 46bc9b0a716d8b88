import type { PostingEvent, SendOutcome } from '../events.js';
import { apply, nextAction, openEdges, type PostingAction } from '../machine.js';
import type { PostingRecord, SendStep } from '../record.js';
import { executed, shown, views } from './target.js';
import {
  begun,
  isLeft,
  type ModelOptions,
  type Move,
  NOW,
  type Request,
  spend,
  termsOf,
  type Worker,
  type World,
  withWorker,
} from './world.js';

type Ready = Extract<Worker, { at: 'ready' }>;
type Busy = Extract<Worker, { at: 'sending' | 'waiting' }>;
type Send = Extract<PostingAction, { kind: SendStep }>;

const doubtful: SendOutcome = { kind: 'inDoubt', reason: '' };

/** Every move of one worker. */
export function movesOf(worker: Worker, index: number, world: World, options: ModelOptions): readonly Move[] {
  if (worker.at === 'idle') return takeOver(index, world);
  const killed = isLeft(world, 'kill')
    ? [{ name: 'kill', world: spend(withWorker(world, index, { at: 'idle' }), 'kill') }]
    : [];
  if (worker.at === 'ready')
    return [...killed, ...wishes(worker, index, world, options), ...plan(worker, index, world, options)];
  if (worker.at === 'waiting') {
    return [...killed, { name: `timeout ${worker.step}`, world: settle(worker, index, doubtful, world, options) }];
  }
  const { at: _at, record: _record, ...request } = worker;
  const sent = withWorker(world, index, { ...worker, at: 'waiting' });
  return [...killed, { name: `send ${worker.step}`, world: { ...sent, requests: [...world.requests, request] } }];
}

/** Every way in which a request in flight may be executed, its reply lost or not. */
export function executions(request: Request, index: number, world: World, options: ModelOptions): readonly Move[] {
  const requests = world.requests.filter((_, at) => at !== index);
  return executed(request, { ...world, requests }, options).flatMap(({ world: silent, outcome }) => {
    const name = `execute ${request.step} ${request.id}: ${outcome.kind}`;
    const found = world.workers.findIndex(
      (worker) => worker.at === 'waiting' && worker.epoch === request.epoch && worker.step === request.step,
    );
    const waiting = world.workers[found];
    const lost = { name: `${name}, reply lost`, world: silent };
    if (waiting?.at !== 'waiting') return [lost];
    return [lost, { name, world: settle(waiting, found, outcome, silent, options) }];
  });
}

const STOPPED = ['confirmed', 'held', 'cancelled', 'reversed', 'rejected'];

function takeOver(index: number, world: World): Move[] {
  const { name } = world.record.situation;
  // Where nothing is due, somebody comes only with a wish.
  const wish = isLeft(world, 'withdrawal') || isLeft(world, 'reversal') || isLeft(world, 'replacement');
  if (!isLeft(world, 'takeOver') || (STOPPED.includes(name) && !wish)) return [];
  const epoch = world.epoch + 1;
  const taken = withWorker({ ...world, epoch }, index, { at: 'ready', epoch, record: world.record });
  return [{ name: `take over ${epoch}`, world: spend(taken, 'takeOver') }];
}

/** Commands that come in: withdrawn, replaced after a refusal, reversed after the confirmation. */
function wishes(worker: Ready, index: number, world: World, options: ModelOptions): Move[] {
  const { name } = worker.record.situation;
  const coming = (what: 'withdrawal' | 'replacement' | 'reversal', event: PostingEvent): Move[] => {
    if (!isLeft(world, what)) return [];
    if (openEdges(worker.record, event, termsOf(options), options.edges).length === 0) return [];
    const come = commitEvent(worker, index, event, world, options);
    return [{ name: what, world: spend({ ...come, takenBack: event.type === 'TakeBack' }, what) }];
  };
  return [
    ...coming('withdrawal', { type: 'TakeBack', at: NOW, why: 'withdrawn' }),
    ...(name === 'rejected' ? coming('replacement', { type: 'TakeBack', at: NOW, why: 'replaced' }) : []),
    ...coming('reversal', { type: 'Reverse', at: NOW }),
  ];
}

function plan(worker: Ready, index: number, world: World, options: ModelOptions): Move[] {
  const action = nextAction(worker.record, NOW, termsOf(options));
  const commit = (event: PostingEvent) => commitEvent(worker, index, event, world, options);
  switch (action.kind) {
    case 'recover':
      return [{ name: 'recover', world: commit({ type: 'SendEnded', at: NOW, outcome: doubtful }) }];
    case 'lookup': {
      if (options.waits && world.requests.some(({ step }) => step === 'create')) return [];
      return views(world.documents, options).map((documents) => ({
        name: `look up: ${documents.map(({ id }) => id).join()}`,
        world: commit({
          type: 'LookedUp',
          startedAt: NOW,
          at: NOW,
          documents: documents.map((one) => shown(one, worker.record, options)),
        }),
      }));
    }
    case 'readChosen':
    case 'readUnchosen': {
      const found = world.documents.find(({ id }) => id === action.id);
      const type = action.kind === 'readChosen' ? 'ChosenRead' : 'UnchosenRead';
      const document = found === undefined ? null : shown(found, worker.record, options);
      return [{ name: `read ${action.id}`, world: commit({ type, at: NOW, document }) }];
    }
    case 'create':
    case 'mark':
    case 'submit':
    case 'post':
    case 'unpost':
    case 'void':
      return begin(worker, index, action, world, options);
    default:
      return next(worker, index, world, options);
  }
}

/** The next generation opens once the older is cancelled for it; else there is nothing to do. */
function next(worker: Ready, index: number, world: World, options: ModelOptions): Move[] {
  const { situation, ending, generation } = worker.record;
  if (situation.name !== 'cancelled' || ending !== 'replaced') {
    return [{ name: 'rest', world: withWorker(world, index, { at: 'idle' }) }];
  }
  const record = begun(generation + 1, options);
  return [
    {
      name: `generation ${generation + 1}`,
      world: stored(worker, index, record, { ...world, takenBack: false }, options),
    },
  ];
}

function begin(worker: Ready, index: number, action: Send, world: World, options: ModelOptions): Move[] {
  const { kind: step } = action;
  if (!isLeft(world, step)) return [];
  const committed = commitEvent(worker, index, { type: 'SendBegun', at: NOW }, world, options);
  const ready = committed.workers[index];
  if (ready?.at !== 'ready') return [{ name: `begin ${step}, stale`, world: committed }];
  const id = action.kind === 'create' ? '' : action.id;
  const { generation } = worker.record;
  const stage = action.kind === 'unpost' ? { stage: action.stage } : {};
  const sending: Worker = { ...ready, at: 'sending', step, id, generation, ...stage };
  const violation = wrong(step, world, options);
  const sent = { ...withWorker(committed, index, sending), ...(violation !== undefined && { violation }) };
  return [{ name: `begin ${step} ${id}`, world: spend(sent, step) }];
}

function wrong(step: SendStep, world: World, options: ModelOptions): string | undefined {
  if (world.takenBack && step !== 'unpost' && step !== 'void') return 'sent on after it was taken back';
  const blind = step === 'create' && !world.lookedUp && options.looksRequired;
  return blind ? 'a create was sent in doubt, without a look-up' : undefined;
}

/** One commit: the event is applied to what the worker knows, and holds only while its epoch is the current one. */
function commitEvent(
  worker: Ready | Busy,
  index: number,
  event: PostingEvent,
  world: World,
  options: ModelOptions,
): World {
  if (options.epochChecked && worker.epoch !== world.epoch) return withWorker(world, index, { at: 'idle' });
  const { record, edge } = apply(worker.record, event, termsOf(options), options.edges);
  options.passed?.add(edge);
  const lookedUp = event.type === 'LookedUp' || (world.lookedUp && !isDoubtfulCreate(worker.record, event));
  return stored(worker, index, timeless(record), { ...world, lookedUp }, options);
}

function stored(
  worker: Ready | Busy,
  index: number,
  record: PostingRecord,
  world: World,
  options: ModelOptions,
): World {
  if (options.epochChecked && worker.epoch !== world.epoch) return withWorker(world, index, { at: 'idle' });
  const kept = options.choiceWritten ? record : withoutChoice(record);
  return withWorker({ ...world, record: kept }, index, { at: 'ready', epoch: worker.epoch, record });
}

function isDoubtfulCreate({ situation }: PostingRecord, event: PostingEvent): boolean {
  const create = situation.name === 'sending' && situation.step === 'create';
  return create && event.type === 'SendEnded' && event.outcome.kind === 'inDoubt';
}

function settle(worker: Busy, index: number, outcome: SendOutcome, world: World, options: ModelOptions): World {
  return commitEvent(worker, index, { type: 'SendEnded', at: NOW, outcome }, world, options);
}

/** What counters, clocks and words add to a record multiplies states and changes nothing here. */
function timeless(record: PostingRecord): PostingRecord {
  const { situation } = record;
  const plain =
    situation.name === 'held' ? { ...situation, hold: { ...situation.hold, reason: '', documents: [] } } : situation;
  return { ...record, situation: plain, pause: null, doubts: null, attempts: 0, looks: 0 };
}

/** A record as it would be stored were the choice not a part of it: the next owner looks up again. */
function withoutChoice(record: PostingRecord): PostingRecord {
  if (record.chosen === null || record.confirmation !== null) return record;
  return { ...record, chosen: null, unchosen: [], situation: { name: 'lookingUp' } };
}
