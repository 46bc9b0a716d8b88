import { crashPoint } from '@voucherline/platform';
import { isRefusal, StaleOwner } from '@voucherline/store';
import { OffsetOutOfRange, type RecordBatch } from '../broker.js';
import { atMost } from '../patience.js';
import { type Action, subjectsOf } from './actions.js';
import type { Cause } from './order.js';
import { OwnedShard, type StageDependencies } from './owned-shard.js';
import { adoptOwnOutputs, foldActions, isOlderThanLog, rebuild, rebuildOnRequest } from './rebuild.js';
import { announce, compare, settle, snapshot } from './replay.js';
import type { Step } from './step.js';
import { goOn, keysToGoOn } from './waiting.js';

type DecisionOfPerson = Exclude<Action['message'], { type: 'ReplayRequested' | 'RebuildRequested' }>;

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;
/** How long a shard that is given up waits for its last publications. The next owner publishes what is left. */
const DRAIN_MS = 5_000;

/**
 * After another owner was met. It may be the right one; a process that only believes itself a member of the group learns
 * better within its session's time-out, which is shorter.
 */
const REST_MS = 30_000;

/**
 * A shard that the group has given to this process: takes it over, lets one thing happen to it at a time, and starts again
 * at the take-over when a commit failed, was overtaken, or got no answer.
 */
export class ShardSlot<S> {
  readonly shard: number;
  readonly #dependencies: StageDependencies<S>;
  readonly #actions: readonly Action[];
  readonly #closing = new AbortController();
  #owned: OwnedShard<S> | undefined;
  /** Whether this process owned the shard last and lives: then no message has killed it. */
  #survived = false;
  /** Until when the shard is left to another owner that was met, unless the group speaks before; ms. */
  #restUntil = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #acting: Promise<void> = Promise.resolve();
  #goingOn: Promise<void> = Promise.resolve();
  /** Whether decisions may wait for what has come: since the take-over, or since a table became complete. */
  #mayGoOn = false;
  #failures = 0;

  /** @param actions all that are known for the stage, oldest first; grows */
  constructor(shard: number, actions: readonly Action[], dependencies: StageDependencies<S>) {
    this.shard = shard;
    this.#actions = actions;
    this.#dependencies = dependencies;
  }

  /** The group has (again) given the shard to this process. @throws {OffsetOutOfRange}; other trouble is tried again later */
  assigned(): Promise<void> {
    this.#restUntil = 0;
    return this.open();
  }

  /** Takes the shard over if it is not owned; not at once from another owner, unless the group says so. @throws {OffsetOutOfRange} */
  async open(): Promise<void> {
    if (this.#dependencies.clock.now() < this.#restUntil) return;
    await this.#exclusive(async () => {}).catch((error: unknown) => this.#judge(error));
  }

  /** @returns where the partition is to be read next; where the batch began when it has to be handled again */
  async handle(batch: RecordBatch, signal: AbortSignal): Promise<bigint> {
    // Batches come to members of the group only.
    this.#restUntil = 0;
    try {
      const next = await this.#exclusive((owned) => owned.handle(batch));
      this.#failures = 0;
      return next;
    } catch (error) {
      this.#judge(error);
      const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures++, LONGEST_BACKOFF_MS);
      await this.#dependencies.timers.sleep(backoff, AbortSignal.any([signal, this.#closing.signal])).catch(() => {});
      return batch.records[0]?.offset ?? batch.nextOffset;
    }
  }

  /** Drops the states and folds them again. */
  rebuild(): Promise<void> {
    return this.#exclusive((owned) => rebuild(owned));
  }

  /** Applies the actions that wait, one after the other, beside the handling of messages. */
  async act(): Promise<void> {
    if (this.#dependencies.clock.now() < this.#restUntil) return;
    // Behind what is being applied, not instead of it: that may have looked for more just before this one came.
    this.#acting = this.#acting.then(() => this.#applyAll()).catch((error: unknown) => this.#judge(error));
    await this.#acting;
  }

  /** A table became complete: what waits for it may go on. */
  tableCompleted(): void {
    this.#mayGoOn = true;
  }

  /** Makes decisions again that waited for what has come, beside the handling of messages. */
  async goOn(): Promise<void> {
    if (!this.#mayGoOn || this.#dependencies.clock.now() < this.#restUntil) return;
    this.#goingOn = this.#goingOn.then(() => this.#goOnAll()).catch((error: unknown) => this.#judge(error));
    await this.#goingOn;
  }

  /** Next offset of an input, as far as this process knows it. */
  position(topic: string): bigint | undefined {
    return this.#owned?.position(topic);
  }

  /** Finishes what is under way, and lets go. */
  async close(): Promise<void> {
    this.#closing.abort(new Error(`shard ${this.shard} is given up`));
    const { timers } = this.#dependencies;
    await atMost(
      timers,
      DRAIN_MS,
      this.#turn.then(() => this.#owned?.publisher.drained()),
    );
    const stopped = [this.#owned?.publisher.stop(), this.#turn, this.#acting, this.#goingOn];
    await atMost(timers, DRAIN_MS, Promise.allSettled(stopped));
    this.#owned = undefined;
  }

  #exclusive<T>(work: (owned: OwnedShard<S>) => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => this.#run(work));
    this.#turn = result.catch(() => {});
    return result;
  }

  async #run<T>(work: (owned: OwnedShard<S>) => Promise<T>): Promise<T> {
    this.#closing.signal.throwIfAborted();
    try {
      this.#owned ??= await this.#takeOver();
      return await work(this.#owned);
    } catch (error) {
      await this.#lose(error);
      throw error;
    }
  }

  async #takeOver(): Promise<OwnedShard<S>> {
    const { store, stage, metrics, logger } = this.#dependencies;
    crashPoint('before-stage.take-over');
    const taken = await store.takeOver(`${stage.name}/${this.shard}`, this.#survived);
    crashPoint('after-stage.take-over');
    metrics.takeOvers.inc();
    logger.info('shard taken over', {
      stage: stage.name,
      shard: this.shard,
      epoch: taken.epoch,
      count: taken.left.length,
    });
    const isOlder = taken.seq > 0 && (await isOlderThanLog(taken.unit, this.shard, this.#dependencies));
    if (isOlder) logger.warn('older than the log, to be folded again', { stage: stage.name, shard: this.shard });
    const owned = new OwnedShard(this.shard, taken, this.#dependencies);
    this.#owned = owned;
    this.#mayGoOn = true;
    await owned.checkLog();
    if (owned.folding || isOlder) await rebuild(owned);
    else if (owned.isNew) await this.#begin(owned);
    return owned;
  }

  /** Actions from before the shard's first owner are known to the states and applied to nothing; where later ones begin is kept. */
  async #begin(owned: OwnedShard<S>): Promise<void> {
    await adoptOwnOutputs(owned);
    const actions = (this.#actions.at(-1)?.offset ?? -1) + 1;
    await owned.commit(await foldActions(owned, actions), { actions });
  }

  async #lose(error: unknown): Promise<void> {
    const owned = this.#owned;
    if (owned === undefined) return;
    this.#owned = undefined;
    this.#survived = !(error instanceof StaleOwner);
    if (!this.#survived) this.#restUntil = this.#dependencies.clock.now() + REST_MS;
    this.#dependencies.metrics.lostCommits.inc();
    // Not waited for: the send in flight may hang, and repeats do no harm.
    owned.publisher.stop().catch(() => {});
  }

  /** Trouble with the database, the broker or another owner passes; what nobody thought of ends the process. */
  #judge(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    if (error instanceof OffsetOutOfRange || isBug(error)) throw error;
    const { logger, stage } = this.#dependencies;
    logger.warn('shard lost, starting again at the take-over', { stage: stage.name, shard: this.shard, error });
  }

  async #goOnAll(): Promise<void> {
    if (!this.#mayGoOn) return;
    this.#mayGoOn = false;
    try {
      const keys = [...(await this.#exclusive(keysToGoOn))];
      while (keys.length > 0) keys.splice(0, await this.#exclusive((owned) => goOn(owned, keys)));
    } catch (error) {
      this.#mayGoOn = true;
      throw error;
    }
  }

  async #applyAll(): Promise<void> {
    for (;;) {
      const next = await this.#exclusive(async (owned) => {
        const action = this.#actions.find(({ offset }) => offset >= owned.actions);
        if (action !== undefined && action.message.type !== 'ReplayRequested') await this.#apply(owned, action);
        return action;
      });
      if (next === undefined) return;
      if (next.message.type === 'ReplayRequested') await this.#replay(next);
    }
  }

  async #apply(owned: OwnedShard<S>, { offset, message }: Action): Promise<void> {
    if (message.type === 'ReplayRequested') return;
    const cause: Cause = { ...message, action: message.id };
    if (message.type === 'RebuildRequested') return rebuildOnRequest(owned, message.data, cause, offset + 1);
    const { subject } = message.data;
    const foreign = message.type === 'ReplanRequested' && !(await subjectsOf(owned))(subject);
    if (foreign) return owned.passActions(offset + 1);
    const step = await owned.step([subject]);
    if (!applied(step, message, cause)) return owned.passActions(offset + 1);
    try {
      await owned.commit(step, { actions: offset + 1 });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#dependencies.logger.error('the database refused the effect of an action', { subject, error });
      owned.passActions(offset + 1);
    }
  }

  /** The long part reads only, and the shard goes on meanwhile. */
  async #replay({ offset, message }: Action): Promise<void> {
    if (message.type !== 'ReplayRequested') return;
    const cause: Cause = { ...message, action: message.id };
    const { owner, at } = await this.#exclusive(async (owned) => {
      await announce(owned, message.data, cause);
      return { owner: owned, at: await snapshot(owned) };
    });
    const comparison = await compare(owner, message.data, at);
    await this.#exclusive((owned) => settle(owned, message.data, comparison, cause, offset + 1));
  }
}

/** @returns whether there was anything to apply it to */
function applied<S>(step: Step<S>, message: DecisionOfPerson, cause: Cause): boolean {
  switch (message.type) {
    case 'ParkedReleased':
      return step.release(message.data.subject, message.data.parkedId, cause);
    case 'ParkedDiscarded':
      return step.discard(message.data.subject, message.data.parkedId, cause);
    case 'ReplanRequested':
      step.act(message, cause);
      return true;
  }
}

function isBug(error: unknown): boolean {
  return [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
}
