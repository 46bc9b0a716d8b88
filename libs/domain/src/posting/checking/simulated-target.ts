import type { SendOutcome } from '../events.js';
import type { PostingAction } from '../machine.js';
import type { SendStep } from '../record.js';
import type { PostingTerms, TargetDocument } from '../terms.js';

export const SETTLE = 60_000;
const KEY = 'k'.repeat(32);

export const pushTerms: PostingTerms = {
  voucherKey: KEY,
  expectation: { amount: { amount: '10.00', currency: 'CNY' }, date: '2026-01-31' },
  patienceMs: 600_000,
  exclusive: [],
  operation: { level: 'L1', createCarriesKey: false, settleMs: SETTLE, shown: true },
};
export const saveTerms: PostingTerms = {
  ...pushTerms,
  operation: { level: 'L2', createCarriesKey: true, settleMs: SETTLE, shown: true },
};

/** Decides what goes wrong: `below(n)` gives 0 ≤ x < n; 0 is always the case without trouble. */
export interface Fate {
  below(n: number): number;
}

export interface Trouble {
  /** Clerks make and submit documents by hand. */
  readonly clerks: boolean;
  /** Longest time after which a request is still executed, in ms; more than `SETTLE` breaks the operation's promise. */
  readonly latestMs: number;
  /** The voucher is withdrawn at any moment, and undone where it is confirmed. */
  readonly withdrawals: boolean;
  /** The target refuses to post (a closed period), and people have the content replaced. */
  readonly refusals: boolean;
}

type Stage = TargetDocument['stage'];
export type Send = Extract<PostingAction, { kind: SendStep }>;

interface Document {
  readonly id: string;
  stage: Stage;
  /** Whose key it carries; 0 while it carries none. */
  generation: number;
  readonly ours: boolean;
  readonly createdAt: number;
}

/** A target that does as its documents' states allow, with clerks at work in it. */
export class SimulatedTarget {
  readonly documents: Document[] = [];
  #made = 0;

  constructor(
    private readonly terms: PostingTerms,
    private readonly fate: Fate,
    private readonly trouble: Trouble,
  ) {}

  /** Executes a step that was sent for a generation. */
  execute(action: Send, generation: number, now: number): SendOutcome {
    if (action.kind === 'create') {
      this.#add(true, this.terms.operation.createCarriesKey ? generation : 0, now);
      return { kind: 'done' };
    }
    const document = this.documents.find(({ id }) => id === action.id);
    const [from, to] = movement(action);
    if (document?.stage !== from) return { ...CLOSED, code: 'STATE' };
    if (action.kind === 'post' && this.trouble.refusals && this.fate.below(2) === 1) return CLOSED;
    document.stage = to;
    if (action.kind === 'mark') document.generation = generation;
    if (to === 'cancelled') this.documents.splice(this.documents.indexOf(document), 1);
    return { kind: 'done' };
  }

  /** What everybody sees who looks. */
  shown(): readonly TargetDocument[] {
    const { amount, date } = this.terms.expectation;
    return this.documents.map(({ id, stage, generation, ours, createdAt }) => {
      const carried = generation === 0 ? {} : { voucherKey: KEY, generation };
      const names = { id, document: id, number: id, status: stage, contentSha256: '' };
      return { ...names, stage, amount, date, ours, createdAt, ...carried };
    });
  }

  /** A person makes a document by hand, or submits a draft that lies about. */
  clerk(now: number): void {
    const draft = this.documents.find(({ stage }) => stage === 'draft');
    if (draft === undefined || this.fate.below(2) === 0) this.#add(false, 0, now);
    else draft.stage = 'submitted';
  }

  #add(ours: boolean, generation: number, createdAt: number): void {
    this.#made += 1;
    this.documents.push({ id: String(this.#made), stage: 'draft', generation, ours, createdAt });
  }
}

const CLOSED = { kind: 'rejected', code: 'CLOSED', words: '', owner: 'finance', nextStep: '' } as const;

/** From which stage to which a step takes a document. */
function movement(action: Exclude<Send, { kind: 'create' }>): readonly [Stage, Stage] {
  switch (action.kind) {
    case 'mark':
      return ['draft', 'draft'];
    case 'submit':
      return ['draft', 'submitted'];
    case 'post':
      return ['submitted', 'posted'];
    case 'unpost':
      return [action.stage, 'draft'];
    case 'void':
      return ['draft', 'cancelled'];
  }
}
