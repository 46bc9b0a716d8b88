import type { PostingEvent, SendOutcome } from '../events.js';
import { apply, nextAction, openEdges, type PostingAction } from '../machine.js';
import { intended, type PostingRecord, type SendStep } from '../record.js';
import type { PostingTerms } from '../terms.js';
import { type Fate, SETTLE, type Send, SimulatedTarget, type Trouble } from './simulated-target.js';

const START = 1_700_000_000_000;

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
  readonly target: SimulatedTarget;
  readonly sends: SendStep[] = [];
  takeOvers = 0;
  #epoch = 1;
  #flights: Flight[] = [];

  constructor(
    private readonly terms: PostingTerms,
    private readonly fate: Fate,
    private readonly trouble: Trouble,
  ) {
    this.target = new SimulatedTarget(terms, fate, trouble);
  }

  /** Runs until nothing is due any more. People release what is held for a doubt. */
  run(mostSteps = 2000): void {
    for (let step = 0; step < mostSteps; step += 1) {
      this.#execute();
      this.#check();
      this.#wish();
      const action = nextAction(this.record, this.now, this.terms);
      if (action.kind === 'finished' && this.#flights.length === 0) return;
      if (action.kind === 'stopped') {
        if (!this.#decide()) return;
      } else this.#act(action);
    }
    throw new Error(`not at rest after ${mostSteps} steps: ${JSON.stringify(this.record)}`);
  }

  /** What is wanted of the voucher changes. */
  #wish(): void {
    if (this.trouble.withdrawals) {
      const isPosted = this.record.confirmation !== null;
      const wanted: PostingEvent = isPosted
        ? { type: 'Reverse', at: this.now }
        : { type: 'TakeBack', at: this.now, why: 'withdrawn' };
      if (this.fate.below(20) >= (isPosted ? 10 : 19)) this.#commitIfOpen(wanted);
    }
    const { situation, ending, generation } = this.record;
    if (situation.name === 'cancelled' && ending === 'replaced') this.record = intended(generation + 1, this.now);
  }

  #act(action: Exclude<PostingAction, { kind: 'stopped' }>): void {
    switch (action.kind) {
      case 'wait':
        this.#sleepUntil(action.until);
        break;
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
    const documents = this.target.shown();
    if (action.kind === 'lookup') return { type: 'LookedUp', startedAt, at: this.now, documents };
    const document = documents.find(({ id }) => id === action.id) ?? null;
    return { type: action.kind === 'readChosen' ? 'ChosenRead' : 'UnchosenRead', at: this.now, document };
  }

  /** Sends, and is killed, overtaken, answered late or not at all on the way. */
  #send(action: Send): void {
    if (this.trouble.clerks && this.fate.below(12) === 11) this.target.clerk(this.now);
    const epoch = this.#epoch;
    this.#commit(epoch, { type: 'SendBegun', at: this.now });
    this.sends.push(action.kind);
    let outcome: SendOutcome = { kind: 'inDoubt', reason: 'no answer' };
    const { generation } = this.record;
    const execute = () => {
      outcome = this.target.execute(action, generation, this.now);
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

  #commitIfOpen(event: PostingEvent): boolean {
    const open = openEdges(this.record, event, this.terms).length > 0;
    if (open) this.#commit(this.#epoch, event);
    return open;
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

  /** People look at the target, release what was held for nothing but a doubt, and have a refused content replaced. */
  #decide(): boolean {
    const { situation } = this.record;
    if (situation.name === 'rejected') return this.#commitIfOpen({ type: 'TakeBack', at: this.now, why: 'replaced' });
    const doubtful =
      situation.name === 'held' && /in-doubt|draft-stays|not-taken-back|not-found|not-final/.test(situation.hold.code);
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
    const ours = this.target.documents.filter(({ stage, ours: mine }) => stage === 'posted' && mine);
    if (ours.length > 1) throw new Error(`two posted documents: ${JSON.stringify(this.target.documents)}`);
    const { confirmation, ending, situation, generation } = this.record;
    if (confirmation !== null && ending !== 'reversed' && ours.length === 0) throw new Error('confirmed, not posted');
    const gone = situation.name === 'cancelled' || situation.name === 'reversed';
    if (gone && ours.length > 0) throw new Error(`${situation.name}, yet posted`);
    if (ours.some((one) => one.generation > 0 && one.generation !== generation))
      throw new Error('posted for another generation');
  }
}
