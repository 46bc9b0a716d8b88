import { isConnectionTrouble } from '@voucherline/connector-kit';
import { type ConnectionContent, inBoth } from '@voucherline/contracts';
import type { LiveConfiguration } from '@voucherline/pipeline';
import { type Clock, crashPoint, type Logger, parseTraceparent, type Randomness } from '@voucherline/platform';
import { ChangeRefused, type LaneChange, LedgerConflict, type TakenLane, type Unsequenced } from '@voucherline/store';
import { type Committer, LeaseLost } from '../commit/committer.js';
import type { CallResult, Desk } from '../connections/desk.js';
import { caseResolved, discardedAt, laneParked, stamped } from '../messages.js';
import type { WorkMetrics } from '../metrics.js';
import type { Change, KeyedDraft, Outcome, Step, Worker } from '../worker.js';
import { Progress } from './progress.js';

export interface LaneRunPorts<S, E> {
  readonly worker: Worker<S, E>;
  readonly configuration: LiveConfiguration;
  readonly committer: Committer<E>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly metrics: WorkMetrics;
}

type Call<S, E> = Extract<Step<S, E>, { kind: 'call' }>;

/** More steps in a row than any worker needs: a plan that never calls or waits is a fault, not work. */
const MOST_STEPS = 100;

/** Something the lane itself is to blame for; it is set aside under this code. */
class LaneFault extends Error {
  constructor(
    readonly code: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Works on a taken lane until it waits, its connection rests or its lease is gone. Never rejects. */
export class LaneRun<S, E> {
  readonly #taken: TakenLane;
  readonly #desk: Desk;
  readonly #ports: LaneRunPorts<S, E>;
  #progress: Progress<S, E> | undefined;
  /** What is committed, for the case that the next commit is refused. */
  #committed: Pick<LaneChange<E>, 'state' | 'cause' | 'parked'>;

  constructor(taken: TakenLane, desk: Desk, ports: LaneRunPorts<S, E>) {
    this.#taken = taken;
    this.#desk = desk;
    this.#ports = ports;
    this.#committed = taken;
  }

  async run(): Promise<void> {
    try {
      await this.#work();
    } catch (error) {
      if (error instanceof LeaseLost) return;
      const fault =
        error instanceof LaneFault
          ? error
          : error instanceof ChangeRefused
            ? new LaneFault('lane.change-refused', error.cause)
            : new LaneFault('lane.failed', error);
      await this.#setAside(fault);
    }
  }

  async #work(): Promise<void> {
    const progress = this.#open();
    this.#progress = progress;
    await this.#readConfiguration(progress);
    this.#dropDiscarded(progress);
    for (let steps = 0; ; steps += 1) {
      if (steps > MOST_STEPS) throw new LaneFault('lane.plan-runs-on', `no call and no wait in ${MOST_STEPS} steps`);
      const step = this.#plan(progress);
      if (step.kind === 'commit') this.#add(progress, step.change);
      else if (step.kind === 'wait') return this.#wait(progress, step);
      else if (await this.#callAndSettle(progress, step)) steps = 0;
      else return;
    }
  }

  #open(): Progress<S, E> {
    try {
      return new Progress<S, E>(this.#taken, () => this.#ports.worker.initial());
    } catch (error) {
      throw new LaneFault('lane.unreadable', error);
    }
  }

  /** A decision must know at least the configuration that the writers of its messages knew. */
  async #readConfiguration(progress: Progress<S, E>): Promise<void> {
    const known = Math.max(-1, ...progress.lane.mailbox.map((message) => message.configuration ?? -1));
    if (known > this.#ports.configuration.position) await this.#ports.configuration.upTo(known);
  }

  /** Discarding a case of the runner's own drops the messages that were there when a person decided so. */
  #dropDiscarded(progress: Progress<S, E>): void {
    if (progress.parked === null) return;
    const at = discardedAt(progress.lane, progress.parked);
    if (at < 0) return;
    progress.consume(at + 1);
    this.#resolve(progress, 'discarded');
  }

  #resolve(progress: Progress<S, E>, resolution: 'released' | 'discarded'): void {
    const { worker, clock } = this.#ports;
    const draft = caseResolved(worker.name, this.#taken, progress.parked ?? '', resolution, clock.now());
    progress.setParked(null, this.#stamp(progress, draft));
  }

  #plan(progress: Progress<S, E>): Step<S, E> {
    const { worker, clock, configuration, randomness } = this.#ports;
    const desk = this.#desk;
    const context = {
      now: clock.now(),
      configuration,
      // Worked out only where it is asked for: few plans do.
      get sweepIntervalMs() {
        return desk.sweepIntervalMs;
      },
      random: () => randomness.float(),
    };
    let step: Step<S, E>;
    crashPoint('before-lane.plan');
    try {
      step = worker.plan(progress.lane, context);
    } catch (error) {
      throw new LaneFault('lane.plan-failed', error);
    }
    crashPoint('after-lane.plan');
    // What could not be planned before can be now, whether by a mended worker or by new mail.
    if (progress.parked !== null) this.#resolve(progress, 'released');
    return step;
  }

  #stamp(progress: Progress<S, E>, draft: KeyedDraft): Unsequenced {
    return stamped(draft, {
      source: sourceOf(this.#ports.worker.name, this.#desk.content),
      configuration: this.#ports.configuration.position,
      cause: progress.cause,
      randomness: this.#ports.randomness,
    });
  }

  #add(progress: Progress<S, E>, change: Change<S, E>): void {
    progress.add(change, (draft) => this.#stamp(progress, draft));
  }

  async #wait(progress: Progress<S, E>, step: Extract<Step<S, E>, { kind: 'wait' }>): Promise<void> {
    if (step.change !== undefined) this.#add(progress, step.change);
    const due = step.until === undefined ? null : Math.max(0, step.until - this.#ports.clock.now());
    crashPoint('before-lane.wait');
    await this.#commit(progress.toChange(due, step.drop ?? false));
    crashPoint('after-lane.wait');
    this.#desk.pace.note(this.#ports.clock.now());
  }

  /**
   * Makes the step's call. Gives whether the lane goes on: not when the call has to wait for its connection. What a call has brought
   * goes into the commit before the next write: a read in between is made again if the process dies, and so is what led to it.
   */
  async #callAndSettle(progress: Progress<S, E>, step: Call<S, E>): Promise<boolean> {
    const budgetWaitMs = this.#desk.budgetWaitMs(step);
    if (budgetWaitMs > 0 || !this.#desk.mayCall) return this.#leave(progress, budgetWaitMs);
    if (step.before !== undefined) this.#add(progress, step.before);
    if (progress.isChanged && (step.access === 'write' || step.before !== undefined || progress.speaks)) {
      crashPoint('before-lane.hold');
      await this.#commit(progress.toChange('held', false));
      crashPoint('after-lane.hold');
    }
    // No call before all that the lane said is in the log: a restored older database can notice what it has forgotten.
    await this.#desk.acknowledged(this.#taken.key);
    const result = await this.#desk.call(step);
    if (this.#desk.isLost) throw new LeaseLost(this.#taken.connection);
    if (result.kind === 'noBudget' && step.access === 'read') {
      return this.#leave(progress, this.#desk.budgetWaitMs(step));
    }
    const outcome = this.#outcomeOf(step, result);
    // A read that was not made, or not answered because the connection rests now, is planned again: no attempt is spent.
    if (outcome === undefined) return progress.isChanged ? this.#leave(progress, 0) : false;
    this.#log(progress, step, outcome);
    this.#settle(progress, step, outcome);
    crashPoint('after-call.answer');
    return this.#desk.isClosing ? this.#leave(progress, 0) : true;
  }

  /** What changes something at a vendor leaves a line in any log; reads only where debugging was asked for. */
  #log({ cause }: Progress<S, E>, { name, access }: Call<S, E>, outcome: Outcome): void {
    const { connection, key } = this.#taken;
    const traceId = parseTraceparent(cause?.traceparent)?.traceId;
    const fields = {
      worker: this.#ports.worker.name,
      connection,
      subject: key,
      item: name,
      outcome: outcome.kind,
      traceId,
    };
    this.#ports.logger[access === 'write' ? 'info' : 'debug']('vendor call', fields);
  }

  /** Commits what is open and lets the lane be taken again later. */
  async #leave(progress: Progress<S, E>, dueMs: number): Promise<false> {
    await this.#commit(progress.toChange(dueMs, false));
    return false;
  }

  #outcomeOf(step: Call<S, E>, result: CallResult): Outcome | undefined {
    if (step.access === 'write') {
      // The attempt is on record since `before`, so its end has to be as well.
      return result.kind === 'made' ? result.outcome : { kind: 'notSent', detail: 'the connection rests' };
    }
    if (result.kind !== 'made' || result.outcome.kind === 'throttled') return undefined;
    return isConnectionTrouble(result.outcome) && this.#desk.isResting ? undefined : result.outcome;
  }

  #settle(progress: Progress<S, E>, step: Call<S, E>, outcome: Outcome): void {
    let change: Change<S, E>;
    try {
      change = step.settle(outcome, this.#ports.clock.now());
    } catch (error) {
      throw new LaneFault('lane.settle-failed', error);
    }
    this.#add(progress, change);
  }

  async #commit(change: LaneChange<E>): Promise<void> {
    const { acknowledged } = await this.#ports.committer.submit(change, this.#desk.hasCallsWaiting);
    this.#committed = change;
    if (acknowledged !== undefined) this.#desk.noteSaid(this.#taken.key, acknowledged);
  }

  /** Parks the lane: it waits for a person, or for new mail to be planned otherwise. */
  async #setAside(fault: LaneFault): Promise<void> {
    const { worker, clock, logger, metrics, configuration, randomness, committer } = this.#ports;
    const { connection, key } = this.#taken;
    logger.error('a lane was set aside', { connection, key, code: fault.code, error: fault.cause });
    metrics.parked(fault.code);
    const why = { code: fault.code, words: wordsOf(fault) };
    const draft = laneParked(worker.name, this.#taken, why, clock.now());
    const source = sourceOf(worker.name, this.#desk.content);
    const said = stamped(draft, { source, configuration: configuration.position, cause: undefined, randomness });
    const change = this.#lastGood(fault);
    const messages = change.parked === draft.data.parkedId ? change.messages : [...change.messages, said];
    await committer.submit({ ...change, parked: draft.data.parkedId, messages }, false).then(
      ({ acknowledged }) => acknowledged !== undefined && this.#desk.noteSaid(key, acknowledged),
      (error: unknown) => {
        if (!(error instanceof LeaseLost)) logger.error('a lane could not be set aside', { connection, key, error });
      },
    );
  }

  /** What is kept of a lane that failed: what settled calls brought, where only the plan or settle after them went wrong. */
  #lastGood(fault: LaneFault): LaneChange<E> {
    const { connection, epoch, key, arrived: seen } = this.#taken;
    const isKept = ['lane.plan-failed', 'lane.plan-runs-on', 'lane.settle-failed'].includes(fault.code);
    if (isKept && this.#progress !== undefined) return { ...this.#progress.toChange(null, false), seen };
    const nothing = { consumedUpTo: 0, messages: [], mail: [], effects: [] };
    return { ...{ connection, epoch, key, seen, due: null, drop: false }, ...nothing, ...pick(this.#committed) };
  }
}

function pick<E>({ state, cause, parked }: Pick<LaneChange<E>, 'state' | 'cause' | 'parked'>) {
  return { state, cause, parked };
}

/** What people read; the error itself is in the log only, because it may hold personal data. */
const WORDS: Readonly<Record<string, string>> = {
  'lane.unreadable': inBoth(
    'The stored state or a waiting message can not be read.',
    '无法读取已保存的状态或等待处理的消息。',
  ),
  'lane.plan-failed': inBoth(
    'The worker failed to decide what comes next; its log has the error.',
    '程序无法决定下一步；错误见其日志。',
  ),
  'lane.plan-runs-on': inBoth(
    'The worker decides without end and neither calls nor waits.',
    '程序反复决策，既不调用也不等待。',
  ),
  'lane.settle-failed': inBoth(
    'The worker failed to take in what the vendor answered; its log has the error.',
    '程序无法处理对方系统的应答；错误见其日志。',
  ),
  'lane.change-refused': inBoth(
    'The database refuses what the worker wants to record; its log has the error.',
    '数据库拒绝保存；错误见程序日志。',
  ),
  'lane.failed': inBoth(
    'The worker failed in an unforeseen way; its log has the error.',
    '程序发生意外错误；详见其日志。',
  ),
};

/** A contradiction to the ledger names keys only, and is what a person has to look into. */
function wordsOf({ code, cause }: LaneFault): string {
  const words = WORDS[code] ?? '';
  return cause instanceof LedgerConflict
    ? `${inBoth('Nothing was recorded: the ledger knows otherwise', '未记录任何内容：与台账不符')}: ${cause.message}.`
    : words;
}

/** The vendor account is a part of the source, so that sequences go on when a connection gets another name. */
function sourceOf(worker: string, { product, account }: ConnectionContent): string {
  return `${worker}/${product}/${account}`;
}
