import type { Edges } from '../edges/index.js';
import { EDGES } from '../edges/index.js';
import type { PostingEvent, SendOutcome } from '../events.js';
import { apply, nextAction } from '../machine.js';
import { intended, type PostingRecord, type SendStep } from '../record.js';
import type { PostingTerms, TargetDocument } from '../terms.js';

/** How the modelled target behaves and which guards are off. Everything true is the product as it is. */
export interface ModelOptions {
  /** Creates carry the key (Save), or the key is written onto the chosen draft (Push). */
  readonly createCarriesKey: boolean;
  /** A create makes a draft; else it makes a posted document at once. */
  readonly drafts: boolean;
  /** A look-up shows every document; else any part of them (an index that lags). */
  readonly consistent: boolean;
  /** The target refuses a second document with our key. */
  readonly refusesSecondKey: boolean;
  /** Commits compare the epoch. */
  readonly epochChecked: boolean;
  /** The choice is a part of the record; else each worker keeps to what it chose itself. */
  readonly choiceWritten: boolean;
  readonly edges: Edges;
  readonly bounds: Bounds;
}

export interface Bounds {
  readonly workers: number;
  readonly takeOvers: number;
  readonly kills: number;
  readonly create: number;
  readonly mark: number;
  readonly submit: number;
  readonly post: number;
  readonly unpost: number;
  readonly void: number;
}

export const PRODUCT: ModelOptions = {
  createCarriesKey: true,
  drafts: true,
  consistent: true,
  refusesSecondKey: false,
  epochChecked: true,
  choiceWritten: true,
  edges: EDGES,
  bounds: { workers: 2, takeOvers: 3, kills: 1, create: 2, mark: 2, submit: 2, post: 2, unpost: 0, void: 1 },
};

type Worker =
  | { readonly at: 'idle' }
  | { readonly at: 'ready'; readonly epoch: number; readonly record: PostingRecord }
  /** The attempt is committed; the request is not written yet. This is where a pause hurts. */
  | {
      readonly at: 'sending' | 'waiting';
      readonly epoch: number;
      readonly record: PostingRecord;
      readonly step: SendStep;
      readonly id: string;
    };

interface Request {
  readonly epoch: number;
  readonly step: SendStep;
  readonly id: string;
}

interface Document {
  readonly id: string;
  readonly stage: 'draft' | 'submitted' | 'posted';
  readonly marked: boolean;
}

/** One state of everything: database, workers, network, target. */
export interface World {
  readonly record: PostingRecord;
  readonly epoch: number;
  /** Whether a look-up was recorded since the last create got in doubt. */
  readonly lookedUp: boolean;
  readonly workers: readonly Worker[];
  readonly requests: readonly Request[];
  readonly documents: readonly Document[];
  /** Documents made so far; ids never come again. */
  readonly made: number;
  readonly left: Omit<Bounds, 'workers'>;
  readonly violation?: string;
}

export interface Move {
  readonly name: string;
  readonly world: World;
}

const KEY = 'k'.repeat(32);
const AMOUNT = { amount: '1.00', currency: 'CNY' };
// A clock can't be relied on, so in the model none runs: with nothing to settle every late execution is possible at any time.
const NOW = 0;

const terms = (options: ModelOptions): PostingTerms => ({
  voucherKey: KEY,
  expectation: { amount: AMOUNT, date: '2026-01-31' },
  patienceMs: 0,
  exclusive: [],
  operation: {
    level: options.consistent ? 'L2' : 'L1',
    createCarriesKey: options.createCarriesKey,
    settleMs: 0,
    shown: true,
  },
});

const shown = ({ id, stage, marked }: Document): TargetDocument => ({
  id,
  document: id,
  number: id,
  stage,
  status: stage,
  ...(marked && { voucherKey: KEY }),
  amount: AMOUNT,
  date: '2026-01-31',
  ours: true,
  createdAt: NOW,
  contentSha256: '',
});

/** The world right after the command was taken and the target was ready. */
export function start(options: ModelOptions): World {
  const { workers, ...left } = options.bounds;
  const event = { type: 'PrerequisiteRead', at: NOW, ready: true } as const;
  const { record } = apply(intended(1, NOW), event, terms(options), options.edges);
  const idle = Array.from({ length: workers }, (): Worker => ({ at: 'idle' }));
  return { record, epoch: 0, lookedUp: true, workers: idle, requests: [], documents: [], made: 0, left };
}

/** Every next world. */
export function moves(world: World, options: ModelOptions): readonly Move[] {
  const ofWorkers = world.workers.flatMap((worker, index) => movesOf(worker, index, world, options));
  const ofTarget = world.requests.flatMap((request, index) => executions(request, index, world, options));
  return [...ofWorkers, ...ofTarget];
}

function movesOf(worker: Worker, index: number, world: World, options: ModelOptions): Move[] {
  if (worker.at === 'idle') return takeOver(index, world);
  const killed: Move[] =
    world.left.kills === 0 ? [] : [{ name: 'kill', world: spend(withWorker(world, index, { at: 'idle' }), 'kills') }];
  if (worker.at === 'ready') return [...killed, ...plan(worker, index, world, options)];
  if (worker.at === 'sending') {
    const { epoch, step, id } = worker;
    const sent = withWorker(world, index, { ...worker, at: 'waiting' });
    return [
      ...killed,
      { name: `send ${step}`, world: { ...sent, requests: [...world.requests, { epoch, step, id }] } },
    ];
  }
  const outcome: SendOutcome = { kind: 'inDoubt', reason: '' };
  return [...killed, { name: `timeout ${worker.step}`, world: settle(worker, index, outcome, world, options) }];
}

function takeOver(index: number, world: World): Move[] {
  if (world.left.takeOvers === 0 || ['confirmed', 'held', 'rejected'].includes(world.record.situation.name)) return [];
  const epoch = world.epoch + 1;
  const taken = withWorker({ ...world, epoch }, index, { at: 'ready', epoch, record: world.record });
  return [{ name: `take over ${epoch}`, world: spend(taken, 'takeOvers') }];
}

function plan(worker: Extract<Worker, { at: 'ready' }>, index: number, world: World, options: ModelOptions): Move[] {
  const action = nextAction(worker.record, NOW, terms(options));
  const commit = (event: PostingEvent) => commitEvent(worker, index, event, world, options);
  switch (action.kind) {
    case 'recover':
      return [
        { name: 'recover', world: commit({ type: 'SendEnded', at: NOW, outcome: { kind: 'inDoubt', reason: '' } }) },
      ];
    case 'lookup':
      return views(world.documents, options).map((documents) => ({
        name: `look up: ${documents.map(({ id }) => id).join()}`,
        world: commit({ type: 'LookedUp', startedAt: NOW, at: NOW, documents: documents.map(shown) }),
      }));
    case 'readChosen':
    case 'readUnchosen': {
      const found = world.documents.find(({ id }) => id === action.id);
      const type = action.kind === 'readChosen' ? 'ChosenRead' : 'UnchosenRead';
      const document = found === undefined ? null : shown(found);
      return [{ name: `read ${action.id}`, world: commit({ type, at: NOW, document }) }];
    }
    case 'create':
    case 'mark':
    case 'submit':
    case 'post':
    case 'void':
      return begin(worker, index, action.kind, action.kind === 'create' ? '' : action.id, world, options);
    default:
      return [{ name: 'rest', world: withWorker(world, index, { at: 'idle' }) }];
  }
}

function begin(
  worker: Extract<Worker, { at: 'ready' }>,
  index: number,
  step: SendStep,
  id: string,
  world: World,
  options: ModelOptions,
): Move[] {
  if (world.left[step] === 0) return [];
  const next = commitEvent(worker, index, { type: 'SendBegun', at: NOW }, world, options);
  const begun = next.workers[index];
  if (begun?.at !== 'ready') return [{ name: `begin ${step}, stale`, world: next }];
  const blind =
    step === 'create' && !world.lookedUp ? { violation: 'a create was sent in doubt, without a look-up' } : {};
  const sending = withWorker({ ...next, ...blind }, index, { ...begun, at: 'sending', step, id });
  return [{ name: `begin ${step} ${id}`, world: spend(sending, step) }];
}

/** One commit: the event is applied to what the worker knows, and holds only while its epoch is the current one. */
function commitEvent(
  worker: Exclude<Worker, { at: 'idle' }>,
  index: number,
  event: PostingEvent,
  world: World,
  options: ModelOptions,
): World {
  if (options.epochChecked && worker.epoch !== world.epoch) return withWorker(world, index, { at: 'idle' });
  const record = timeless(apply(worker.record, event, terms(options), options.edges).record);
  const stored = options.choiceWritten ? record : withoutChoice(record);
  const lookedUp = event.type === 'LookedUp' || (world.lookedUp && !isDoubtfulCreate(worker.record, event));
  return withWorker({ ...world, record: stored, lookedUp }, index, { at: 'ready', epoch: worker.epoch, record });
}

function isDoubtfulCreate({ situation }: PostingRecord, event: PostingEvent): boolean {
  const create = situation.name === 'sending' && situation.step === 'create';
  return create && event.type === 'SendEnded' && event.outcome.kind === 'inDoubt';
}

function settle(
  worker: Extract<Worker, { at: 'waiting' | 'sending' }>,
  index: number,
  outcome: SendOutcome,
  world: World,
  options: ModelOptions,
): World {
  return commitEvent(worker, index, { type: 'SendEnded', at: NOW, outcome }, world, options);
}

function executions(request: Request, index: number, world: World, options: ModelOptions): Move[] {
  const { changed, outcome } = execute(request, world, options);
  const requests = world.requests.filter((_, at) => at !== index);
  const silent: World = { ...world, ...changed, requests };
  const name = `execute ${request.step} ${request.id}`;
  const found = world.workers.findIndex((worker) => worker.at === 'waiting' && worker.epoch === request.epoch);
  const waiting = world.workers[found];
  const lost = { name: `${name}, reply lost`, world: silent };
  if (waiting?.at !== 'waiting' || waiting.step !== request.step) return [lost];
  return [lost, { name, world: settle(waiting, found, outcome, silent, options) }];
}

const refused: SendOutcome = { kind: 'rejected', code: 'STATE', words: '', owner: 'finance', nextStep: '' };
const done: SendOutcome = { kind: 'done' };

function execute(
  { step, id }: Request,
  world: World,
  options: ModelOptions,
): { changed: Partial<World>; outcome: SendOutcome } {
  const { documents, made } = world;
  if (step === 'create') {
    if (options.refusesSecondKey && documents.length > 0) return { changed: {}, outcome: refused };
    const document: Document = {
      id: String(made + 1),
      stage: options.drafts ? 'draft' : 'posted',
      marked: options.createCarriesKey,
    };
    return { changed: { documents: [...documents, document], made: made + 1 }, outcome: done };
  }
  const document = documents.find((one) => one.id === id);
  const stage = document?.stage;
  const replace = (change: Partial<Document>) => ({
    changed: { documents: documents.map((one) => (one.id === id ? { ...one, ...change } : one)) },
    outcome: done,
  });
  if (step === 'mark' && stage === 'draft') return replace({ marked: true });
  if (step === 'submit' && stage === 'draft') return replace({ stage: 'submitted' });
  if (step === 'post' && stage === 'submitted') return replace({ stage: 'posted' });
  if (step === 'void' && stage === 'draft') {
    return { changed: { documents: documents.filter((one) => one.id !== id) }, outcome: done };
  }
  return { changed: {}, outcome: refused };
}

/** What a look-up may show: all documents, or any part of them where it lags. */
function views(documents: readonly Document[], options: ModelOptions): readonly (readonly Document[])[] {
  if (options.consistent) return [documents];
  return Array.from({ length: 2 ** documents.length }, (_, part) =>
    documents.filter((_document, index) => (part >> index) % 2 === 1),
  );
}

/** What is wrong with a world, if anything. */
export function violationOf(world: World): string | undefined {
  if (world.violation !== undefined) return world.violation;
  const posted = world.documents.filter(({ stage }) => stage === 'posted').length;
  if (posted > 1) return 'two posted documents';
  if (world.record.confirmation !== null && posted === 0) return 'confirmed without a posted document';
  const { chosen } = world.record;
  const made = chosen !== null && Number(chosen.id) <= world.made;
  if (made && !world.documents.some(({ id }) => id === chosen.id)) return 'the chosen document was deleted';
  return undefined;
}

/** What counters and clocks add to a record multiplies states and changes nothing here. */
function timeless(record: PostingRecord): PostingRecord {
  return { ...record, pause: null, doubts: null, attempts: 0 };
}

/** A record as it would be stored were the choice not a part of it: the next owner looks up again. */
function withoutChoice(record: PostingRecord): PostingRecord {
  if (record.chosen === null || record.confirmation !== null) return record;
  return { ...record, chosen: null, unchosen: [], situation: { name: 'lookingUp' } };
}

function withWorker(world: World, index: number, worker: Worker): World {
  return { ...world, workers: world.workers.map((one, at) => (at === index ? worker : one)) };
}

function spend(world: World, what: keyof World['left']): World {
  return { ...world, left: { ...world.left, [what]: world.left[what] - 1 } };
}

/** Equal for worlds that differ by the order of workers or requests only. */
export function canonical(world: World): string {
  const workers = world.workers.map((worker) => JSON.stringify(worker)).sort();
  const requests = world.requests.map((request) => JSON.stringify(request)).sort();
  return JSON.stringify([
    world.record,
    world.epoch,
    world.lookedUp,
    workers,
    requests,
    world.documents,
    world.made,
    world.left,
  ]);
}
