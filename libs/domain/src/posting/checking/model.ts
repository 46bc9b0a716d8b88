import { isTakenBack } from '../record.js';
import { executions, movesOf } from './workers.js';
import type { ModelOptions, Move, Request, Worker, World } from './world.js';

/** Every next world. */
export function moves(world: World, options: ModelOptions): readonly Move[] {
  const ofWorkers = world.workers.flatMap((worker, index) => movesOf(worker, index, world, options));
  const ofTarget = world.requests.flatMap((request, index) => executions(request, index, world, options));
  return [...ofWorkers, ...ofTarget].map(({ name, world: next }) => ({ name, world: essential(next, options) }));
}

/** What is wrong with a world, if anything. */
export function violationOf(world: World): string | undefined {
  if (world.violation !== undefined) return world.violation;
  const { record, documents, made } = world;
  const posted = documents.filter(({ stage }) => stage === 'posted');
  if (posted.length > 1) return 'two posted documents';
  const { situation, confirmation, ending, generation, chosen } = record;
  if (posted.some((one) => one.generation !== generation)) return 'a document of another generation was posted';
  if (confirmation !== null && ending !== 'reversed' && posted.length === 0)
    return 'confirmed without a posted document';
  if (['cancelled', 'reversed'].includes(situation.name) && posted.length > 0) return `${situation.name}, yet posted`;
  const deleted = chosen !== null && Number(chosen.id) <= made && !documents.some(({ id }) => id === chosen.id);
  return deleted && !isTakenBack(record) ? 'the chosen document was deleted' : undefined;
}

/**
 * The world without what can't have any effect: a worker whose epoch is over commits nothing any more, so what counts is
 * only whether it will still write a request; of that request the epoch does not count; and a step on a document that is
 * gone does nothing.
 */
function essential(world: World, options: ModelOptions): World {
  if (!options.epochChecked || !options.choiceWritten) return world;
  const { epoch } = world;
  const workers = world.workers.map((worker): Worker => {
    if (worker.at === 'idle' || worker.epoch === epoch) return worker;
    return worker.at === 'sending' ? { ...worker, epoch: -1, record: world.record } : { at: 'idle' };
  });
  const isAwaited = (request: Request) => workers.some((one) => one.at === 'waiting' && one.epoch === request.epoch);
  const exists = ({ step, id }: Request) => step === 'create' || world.documents.some((one) => one.id === id);
  const requests = world.requests
    .map((request) => (isAwaited(request) ? request : { ...request, epoch: -1 }))
    .filter((request) => request.epoch !== -1 || exists(request));
  return { ...world, workers, requests };
}

/** Equal for worlds that differ by the order of workers or requests, or by the count of take-overs, only. */
export function canonical({
  record,
  epoch,
  lookedUp,
  takenBack,
  workers,
  requests,
  documents,
  made,
  left,
}: World): string {
  const relative = (of: number) => (of === -1 ? 'late' : of - epoch);
  const request = (one: Request): string =>
    `${one.step} ${one.id} ${one.generation} ${one.stage ?? ''} ${relative(one.epoch)}`;
  const worker = (one: Worker): string => {
    if (one.at === 'idle') return '';
    const known = one.record === record ? '' : JSON.stringify(one.record);
    return `${one.at} ${one.at === 'ready' ? relative(one.epoch) : request(one)} ${known}`;
  };
  const parts = [
    record,
    lookedUp,
    takenBack,
    workers.map(worker).sort(),
    requests.map(request).sort(),
    documents,
    made,
    left,
  ];
  return JSON.stringify(parts);
}
