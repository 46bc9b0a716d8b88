import { EDGES, type EdgeName, type Edges } from '../edges/index.js';
import { apply } from '../machine.js';
import { intended, type PostingRecord, type SendStep } from '../record.js';
import type { PostingTerms } from '../terms.js';

/** How the modelled target behaves and which guards are off. `PRODUCT` is the product as it is. */
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
  /** A look-up in doubt is made only when no create is under way ("settle only", failure-modes.md §2.1 rows 3 and 7). */
  readonly waits: boolean;
  /** A create in doubt that is sent again without a look-up counts as a violation of its own. */
  readonly looksRequired: boolean;
  /** Documents carry the generation with the key; else every generation takes them for its own. */
  readonly generationCarried: boolean;
  readonly edges: Edges;
  readonly bounds: Bounds;
  /** Collects the edges that were passed. */
  readonly passed?: Set<EdgeName>;
}

/** How often each thing may happen; what is absent never does. */
export interface Bounds extends Partial<Record<Left, number>> {
  readonly workers: number;
}

/** Refusals are definite ones of a post (period closed). */
export type Left = SendStep | 'takeOver' | 'kill' | 'refusal' | 'withdrawal' | 'replacement' | 'reversal';

export const PRODUCT: ModelOptions = {
  createCarriesKey: true,
  drafts: true,
  consistent: true,
  refusesSecondKey: false,
  epochChecked: true,
  choiceWritten: true,
  waits: false,
  looksRequired: true,
  generationCarried: true,
  edges: EDGES,
  bounds: { workers: 2, takeOver: 3, kill: 1, create: 2, mark: 2, submit: 2, post: 2, void: 1 },
};

export type Worker =
  | { readonly at: 'idle' }
  | { readonly at: 'ready'; readonly epoch: number; readonly record: PostingRecord }
  /** The attempt is committed; the request is not written yet. This is where a pause hurts. */
  | ({ readonly at: 'sending' | 'waiting'; readonly record: PostingRecord } & Request);

export interface Request {
  readonly epoch: number;
  readonly step: SendStep;
  readonly id: string;
  readonly generation: number;
  /** What `unpost` takes the document back from; from another stage the target refuses it. */
  readonly stage?: 'submitted' | 'posted';
}

export interface Document {
  readonly id: string;
  readonly stage: 'draft' | 'submitted' | 'posted';
  /** The generation whose key it carries; 0 while it carries none. */
  readonly generation: number;
}

/** One state of everything: database, workers, network, target. */
export interface World {
  readonly record: PostingRecord;
  readonly epoch: number;
  /** Whether a look-up was recorded since the last create got in doubt. */
  readonly lookedUp: boolean;
  /** Whether this generation was withdrawn or replaced, whatever the record knows of it. */
  readonly takenBack: boolean;
  readonly workers: readonly Worker[];
  readonly requests: readonly Request[];
  readonly documents: readonly Document[];
  /** Documents made so far; ids never come again. */
  readonly made: number;
  readonly left: Readonly<Partial<Record<Left, number>>>;
  readonly violation?: string;
}

export interface Move {
  readonly name: string;
  readonly world: World;
}

export const KEY = 'k'.repeat(32);
export const AMOUNT = { amount: '1.00', currency: 'CNY' };
// A clock can't be relied on, so in the model none runs: with nothing to settle every late execution is possible at any time.
export const NOW = 0;

const termsByOptions = new WeakMap<ModelOptions, PostingTerms>();

export function termsOf(options: ModelOptions): PostingTerms {
  const known = termsByOptions.get(options) ?? {
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
  };
  termsByOptions.set(options, known);
  return known;
}

/** The record right after a command was taken and the target was ready. */
export function begun(generation: number, options: ModelOptions): PostingRecord {
  const event = { type: 'PrerequisiteRead', at: NOW, ready: true } as const;
  return apply(intended(generation, NOW), event, termsOf(options), options.edges).record;
}

export function start(options: ModelOptions): World {
  const { workers, ...left } = options.bounds;
  const idle = Array.from({ length: workers }, (): Worker => ({ at: 'idle' }));
  const record = begun(1, options);
  return {
    record,
    epoch: 0,
    lookedUp: true,
    takenBack: false,
    workers: idle,
    requests: [],
    documents: [],
    made: 0,
    left,
  };
}

export function withWorker(world: World, index: number, worker: Worker): World {
  return { ...world, workers: world.workers.map((one, at) => (at === index ? worker : one)) };
}

export function isLeft(world: World, what: Left): boolean {
  return (world.left[what] ?? 0) > 0;
}

export function spend(world: World, what: Left): World {
  return { ...world, left: { ...world.left, [what]: (world.left[what] ?? 0) - 1 } };
}
