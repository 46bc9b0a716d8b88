import type { SendOutcome } from '../events.js';
import type { PostingRecord } from '../record.js';
import type { TargetDocument } from '../terms.js';
import {
  AMOUNT,
  type Document,
  isLeft,
  KEY,
  type ModelOptions,
  NOW,
  type Request,
  spend,
  type World,
} from './world.js';

const done: SendOutcome = { kind: 'done' };

export const refused: SendOutcome = { kind: 'rejected', code: 'STATE', words: '', owner: 'finance', nextStep: '' };

interface Execution {
  readonly world: World;
  readonly outcome: SendOutcome;
}

/** What the target makes of a request: one way, or also a definite refusal (a closed period) while those are left. */
export function executed(request: Request, world: World, options: ModelOptions): readonly Execution[] {
  const one = executedByState(request, world, options);
  const mayRefuse = request.step === 'post' && one.outcome.kind === 'done' && isLeft(world, 'refusal');
  return mayRefuse ? [one, { world: spend(world, 'refusal'), outcome: refused }] : [one];
}

const FROM = { mark: 'draft', submit: 'draft', post: 'submitted', unpost: 'posted', void: 'draft' } as const;

function executedByState({ step, id, generation, stage }: Request, world: World, options: ModelOptions): Execution {
  const { documents, made } = world;
  if (step === 'create') {
    if (options.refusesSecondKey && documents.length > 0) return { world, outcome: refused };
    const document: Document = {
      id: String(made + 1),
      stage: options.drafts ? 'draft' : 'posted',
      generation: options.createCarriesKey ? generation : 0,
    };
    return { world: { ...world, documents: [...documents, document], made: made + 1 }, outcome: done };
  }
  const found = documents.find((one) => one.id === id);
  if (found === undefined || found.stage !== (stage ?? FROM[step])) return { world, outcome: refused };
  const others = documents.filter((one) => one !== found);
  const changed = changedBy(step, found, generation);
  const next = changed === undefined ? others : [...others, changed].sort((a, b) => Number(a.id) - Number(b.id));
  return { world: { ...world, documents: next }, outcome: done };
}

function changedBy(
  step: Exclude<Request['step'], 'create'>,
  document: Document,
  generation: number,
): Document | undefined {
  switch (step) {
    case 'mark':
      return { ...document, generation };
    case 'submit':
      return { ...document, stage: 'submitted' };
    case 'post':
      return { ...document, stage: 'posted' };
    case 'unpost':
      return { ...document, stage: 'draft' };
    case 'void':
      return undefined;
  }
}

/** What a look-up may show: all documents, or any part of them where it lags. */
export function views(documents: readonly Document[], options: ModelOptions): readonly (readonly Document[])[] {
  if (options.consistent) return [documents];
  return Array.from({ length: 2 ** documents.length }, (_, part) =>
    documents.filter((_document, index) => (part >> index) % 2 === 1),
  );
}

/** A document as a reader of this record gets to see it. */
export function shown(
  { id, stage, generation }: Document,
  reader: PostingRecord,
  options: ModelOptions,
): TargetDocument {
  const carried = options.generationCarried ? generation : reader.generation;
  return {
    id,
    document: id,
    number: id,
    stage,
    status: stage,
    ...(generation > 0 && { voucherKey: KEY, generation: carried }),
    amount: AMOUNT,
    date: '2026-01-31',
    ours: true,
    createdAt: NOW,
    contentSha256: '',
  };
}
