import type { PostingEvent, SendOutcome } from '../events.js';
import { apply, nextAction, openEdges, type PostingAction } from '../machine.js';
import { intended, type PostingRecord, type SendStep } from '../record.js';
import type { PostingTerms, TargetDocument } from '../terms.js';

export const SETTLE = 60_000;
const START = 1_700_000_000_000;
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
}

type Stage = TargetDocument['stage'];
type Send = Extract<PostingAction, { kind: SendStep }>;

interface Flight {
  readonly at: number;
  readonly run: () => void;
}

/**
 * One voucher, any number of workers that take over from each other, and a target that executes late, loses replies and
 * sees clerks at work, all on one simulated clock. Commits hold only under the current epoch, as in the product.
 */
export class Simulation {
  now = START;
  record: PostingRecord = intended(1, START);
  readonly documents: { id: string; stage: Stage; key?: string; ours: boolean; createdAt: number }[] = [];
  readonly sends: SendStep[] = [];
  takeOvers = 0;
  #epoch = 1;
  #flights: Flight[] = [];
  #made = 0;

  constructor(
    private readonly terms: PostingTerms,
    private readonly fate: Fate,
    private readonly trouble: Trouble,
  ) {}

  /** Runs until nothing is due any more. People release what is held for a doubt. */
  run(mostSteps = 2000): void {
    for (let step = 0; step < mostSteps; step += 1) {
      this.#execute();
      this.#check();
      const action = nextAction(this.record, this.now, this.terms);
      if (action.kind === 'finished' && this.#flights.length === 0) return;
      if (action.kind === 'stopped' && !this.#release()) return;
      this.#act(action);
    }
    throw new Error(`not at rest after ${mostSteps} steps: ${JSON.stringify(this.record)}`);
  }

  #act(action: PostingAction): void {
    switch (action.kind) {
      case 'wait':
        this.#sleepUntil(action.until);
        break;
      case 'stopped':
      case 'finished':
        this.#sleepUntil(this.now + SETTLE);
        break;
      case 'recover':
        this.#commit(this.#epoch, this.#ended({ kind: 'inDoubt', reason: 'ended' }));
        break;
      case 'prerequisite':
        this.#commit(this.#epoch, { type: 'PrerequisiteRead', at: this.now, ready: true });
        break;
      case 'lookup':
      case 'readChosen':
      case 'readUnchosen':
        this.#commit(this.#epoch, this.#read(action));
        break;
      case 'claim':
      case 'readLinked':
        throw new Error(`${action.kind} without claims and people`);
      default:
        this.#send(action);
    }
  }

  #read(action: Extract<PostingAction, { kind: 'lookup' | 'readChosen' | 'readUnchosen' }>): PostingEvent {
    const startedAt = this.now;
    this.#pass(50);
    if (this.fate.below(8) === 7) return { type: 'ReadFailed', at: this.now };
    const documents = this.documents.map((one) => this.#shown(one));
    if (action.kind === 'lookup') return { type: 'LookedUp', startedAt, at: this.now, documents };
    const document = documents.find(({ id }) => id === action.id) ?? null;
    return { type: action.kind === 'readChosen' ? 'ChosenRead' : 'UnchosenRead', at: this.now, document };
  }

  /** Sends, and is killed, overtaken, answered late or not at all on the way. */
  #send(action: Send): void {
    if (this.trouble.clerks && this.fate.below(12) === 11) this.#clerk();
    const epoch = this.#epoch;
    this.#commit(epoch, { type: 'SendBegun', at: this.now });
    this.sends.push(action.kind);
    let outcome: SendOutcome = { kind: 'inDoubt', reason: 'no answer' };
    const execute = () => {
      outcome = this.#executed(action);
    };
    switch (this.fate.below(8)) {
      case 1: // Executed, reply lost.
        execute();
        outcome = { kind: 'inDoubt', reason: 'reset' };
        break;
      case 2: // Lost on the way.
        break;
      case 3: // Executed late.
        this.#flights.push({ at: this.now + this.fate.below(this.trouble.latestMs), run: execute });
        break;
      case 4: // Killed before the request left; the successor finds an open attempt.
        this.#takeOver();
        return;
      case 5: // Killed after the target executed it.
        execute();
        this.#takeOver();
        return;
      case 6: // Paused before the socket write; the successor works on, then the request leaves all the same.
        this.#flights.push({ at: this.now + this.fate.below(this.trouble.latestMs), run: execute });
        this.#takeOver();
        return;
      case 7:
        outcome = { kind: 'notSent', detail: 'refused' };
        break;
      default:
        execute();
    }
    this.#pass(outcome.kind === 'inDoubt' ? 5_000 : 100);
    this.#commit(epoch, this.#ended(outcome));
  }

  #ended(outcome: SendOutcome): PostingEvent {
    return { type: 'SendEnded', at: this.now, outcome };
  }

  #executed(action: Send): SendOutcome {
    if (action.kind === 'create') {
      this.#add(true, this.terms.operation.createCarriesKey ? KEY : undefined);
      return { kind: 'done' };
    }
    const document = this.documents.find(({ id }) => id === action.id);
    const moves: Record<string, [Stage, Stage]> = {
      mark: ['draft', 'draft'],
      submit: ['draft', 'submitted'],
      post: ['submitted', 'posted'],
      void: ['draft', 'cancelled'],
    };
    const [from, to] = moves[action.kind] as [Stage, Stage];
    if (document?.stage !== from) return { kind: 'rejected', code: 'STATE', words: '', owner: 'finance', nextStep: '' };
    document.stage = to;
    if (action.kind === 'mark') document.key = KEY;
    if (to === 'cancelled') this.documents.splice(this.documents.indexOf(document), 1);
    return { kind: 'done' };
  }

  /** A person makes a document by hand, or posts a draft that lies about. */
  #clerk(): void {
    const draft = this.documents.find(({ stage }) => stage === 'draft');
    if (draft === undefined || this.fate.below(2) === 0) this.#add(false, undefined);
    else draft.stage = 'submitted';
  }

  #add(ours: boolean, key: string | undefined): void {
    this.#made += 1;
    this.documents.push({
      id: String(this.#made),
      stage: 'draft',
      ours,
      createdAt: this.now,
      ...(key !== undefined && { key }),
    });
  }

  #shown({ id, stage, key, ours, createdAt }: (typeof this.documents)[number]): TargetDocument {
    const { amount, date } = this.terms.expectation;
    const carried = key === undefined ? {} : { voucherKey: key };
    return {
      id,
      document: id,
      number: id,
      stage,
      status: stage,
      amount,
      date,
      ours,
      createdAt,
      contentSha256: '',
      ...carried,
    };
  }

  #commit(epoch: number, event: PostingEvent): void {
    if (epoch !== this.#epoch) return;
    const open = openEdges(this.record, event, this.terms);
    if (open.length !== 1)
      throw new Error(`${event.type} while ${this.record.situation.name}: open are ${open.join()}`);
    this.record = apply(this.record, event, this.terms).record;
  }

  #takeOver(): void {
    this.#epoch += 1;
    this.takeOvers += 1;
    this.#pass(1_000);
  }

  /** People look at the target, and release what was held for nothing but a doubt. */
  #release(): boolean {
    const { situation } = this.record;
    const doubtful = situation.name === 'held' && /in-doubt|draft-stays|not-found|not-final/.test(situation.hold.code);
    if (doubtful) this.#commit(this.#epoch, { type: 'Released', at: this.now, action: `a${this.now}` });
    return doubtful;
  }

  #execute(): void {
    const due = this.#flights.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    this.#flights = this.#flights.filter(({ at }) => at > this.now);
    for (const { run } of due) run();
  }

  #pass(ms: number): void {
    this.#sleepUntil(this.now + 1 + this.fate.below(ms));
  }

  #sleepUntil(at: number): void {
    const next = Math.min(at, ...this.#flights.map((flight) => flight.at));
    this.now = Math.max(this.now, next);
    this.#execute();
    if (this.now < at) this.#sleepUntil(at);
  }

  /** Holds at every moment. */
  #check(): void {
    const ours = this.documents.filter(({ stage, ours: mine }) => stage === 'posted' && mine);
    if (ours.length > 1) throw new Error(`two posted documents: ${JSON.stringify(this.documents)}`);
    if (this.record.confirmation !== null && ours.length === 0) throw new Error('confirmed without a posted document');
  }
}
