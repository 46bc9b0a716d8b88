import type { AnyMessage } from '@voucherline/contracts';
import type { LaneChange, TakenLane, Unsequenced } from '@voucherline/store';
import type { Change, KeyedDraft, Lane } from '../worker.js';

/** How many messages of a mailbox are read at a time. */
export const MAIL_PER_LANE = 100;

/** What a message of this lane hangs on: the newest message that the lane has consumed. */
export interface Cause {
  readonly id: string;
  readonly traceparent?: string;
}

interface Letter {
  readonly n: number;
  readonly message: AnyMessage;
}

/**
 * A lane in memory: its state and mailbox as the steps so far leave them, and what they want committed. Steps between two
 * calls add up to one commit.
 */
export class Progress<S, E> {
  readonly taken: TakenLane;
  #state: S;
  #isStateNew = false;
  #committedText: string | null;
  #mailbox: Letter[];
  #lastRead: number;
  #consumedUpTo = 0;
  #consumedAny = false;
  #cause: Cause | undefined;
  #parked: string | null;
  #messages: Unsequenced[] = [];
  #effects: E[] = [];
  #mail: { key: string; message: string }[] = [];
  #changed = false;

  /** @throws {SyntaxError} when the stored state or a message is no JSON. */
  constructor(taken: TakenLane, initial: () => S) {
    this.taken = taken;
    this.#committedText = taken.state;
    this.#state = taken.state === null ? initial() : (JSON.parse(taken.state) as S);
    this.#mailbox = taken.mail.map(({ n, message }) => ({ n, message: JSON.parse(message) as AnyMessage }));
    this.#lastRead = this.#mailbox.at(-1)?.n ?? 0;
    this.#cause = taken.cause === null ? undefined : (JSON.parse(taken.cause) as Cause);
    this.#parked = taken.parked;
  }

  /** The lane as the worker's plan sees it. */
  get lane(): Lane<S> {
    const { connection, key } = this.taken;
    return { connection, key, state: this.#state, mailbox: this.#mailbox.map(({ message }) => message) };
  }

  get parked(): string | null {
    return this.#parked;
  }

  /** Whether there is something to commit. */
  get isChanged(): boolean {
    return this.#changed;
  }

  /** Whether others wait for what there is to commit. */
  get speaks(): boolean {
    return this.#messages.length > 0 || this.#mail.length > 0;
  }

  /** The newest message that the lane has seen: what its words are caused by. */
  get cause(): Cause | undefined {
    const newest = this.#mailbox.at(-1)?.message;
    return newest === undefined ? this.#cause : causeOf(newest);
  }

  /** Takes a step's change in. @param stamp makes messages of what the step wants to say. */
  add(change: Change<S, E>, stamp: (draft: KeyedDraft) => Unsequenced): void {
    this.#messages.push(...(change.messages ?? []).map(stamp));
    this.#effects.push(...(change.effects ?? []));
    this.#mail.push(...(change.mail ?? []).map(({ key, message }) => ({ key, message: JSON.stringify(message) })));
    this.consume(change.consumed ?? 0);
    this.#state = change.state;
    this.#isStateNew = true;
    this.#changed = true;
  }

  consume(count: number): void {
    const last = this.#mailbox.splice(0, count).at(-1);
    if (last === undefined) return;
    this.#consumedUpTo = last.n;
    this.#consumedAny = true;
    this.#cause = causeOf(last.message);
    this.#changed = true;
  }

  setParked(parkedId: string | null, said: Unsequenced): void {
    this.#parked = parkedId;
    this.#messages.push(said);
    this.#changed = true;
  }

  /** The commit of all steps since the last one; the next starts empty. */
  toChange(due: LaneChange<E>['due'], drop: boolean): LaneChange<E> {
    const change: LaneChange<E> = {
      connection: this.taken.connection,
      epoch: this.taken.epoch,
      key: this.taken.key,
      state: this.#stateText(),
      seen: this.#seen(),
      consumedUpTo: this.#consumedUpTo,
      due,
      drop: drop && this.#mailbox.length === 0,
      cause: this.#cause === undefined ? null : JSON.stringify(this.#cause),
      parked: this.#parked,
      messages: this.#messages,
      effects: this.#effects,
      mail: this.#mail,
    };
    this.#messages = [];
    this.#effects = [];
    this.#mail = [];
    this.#consumedUpTo = 0;
    this.#changed = false;
    return change;
  }

  /** Written once a commit, not once a step. */
  #stateText(): string | null {
    if (!this.#isStateNew) return this.#committedText;
    this.#isStateNew = false;
    this.#committedText = JSON.stringify(this.#state);
    return this.#committedText;
  }

  /**
   * A mailbox that was cut has more to show once some of it is consumed. Where nothing was, the worker has chosen to wait
   * with the oldest messages in view, and only new mail may wake it.
   */
  #seen(): number {
    const wasCut = this.taken.mail.length === MAIL_PER_LANE;
    return wasCut && this.#consumedAny ? this.#lastRead : this.taken.arrived;
  }
}

function causeOf(message: AnyMessage): Cause {
  return { id: message.id, ...(message.traceparent !== undefined && { traceparent: message.traceparent }) };
}
