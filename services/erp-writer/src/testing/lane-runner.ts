import type { CallContext } from '@voucherline/connector-kit';
import type { AnyMessage } from '@voucherline/contracts';
import { type Configuration, configurationOf } from '@voucherline/pipeline';
import type { Change, KeyedDraft, Step, Worker } from '@voucherline/work';

/** Drives one lane by hand, as the runner does: plan, commit, call, settle. Time stands still until `now` is moved. */
export class LaneRunner<S, E> {
  now = Date.parse('2026-03-31T08:00:00Z');
  /** As the database keeps it. */
  state: string;
  mailbox: AnyMessage[] = [];
  readonly said: KeyedDraft[] = [];
  commits = 0;
  dropped = false;

  private readonly configuration: Configuration;

  constructor(
    private readonly worker: Worker<S, E>,
    private readonly connection: string,
    product: string,
    private readonly applyEffects: (effects: readonly E[]) => Promise<void> = async () => {},
  ) {
    const content = {
      ...{ name: connection, product, account: '1', timeZone: 'Asia/Shanghai', settings: {}, secrets: {} },
      limits: { perSecond: 1, concurrency: 1 },
    };
    this.configuration = configurationOf([
      { type: 'ConnectionPublished', data: { name: connection, hash: '', content } },
    ]);
    this.state = JSON.stringify(worker.initial());
  }

  send(message: Partial<AnyMessage>): void {
    const whole = { source: 'test', time: '', key: 'subject-1', ...message } as AnyMessage;
    const routes = this.worker.route(whole, this.configuration);
    if (routes.length > 0) this.mailbox.push(whole);
  }

  /** Works until nothing is due at this time. Gives the time at which something will be. */
  async rest(mostSteps = 100): Promise<number | undefined> {
    for (let n = 0; n < mostSteps; n += 1) {
      const step = this.plan();
      if (step.kind === 'wait') {
        await this.commit(step.change);
        this.dropped = step.drop === true;
        if (step.change === undefined || this.mailbox.length === 0) return step.until;
      } else await this.take(step);
    }
    throw new Error(`still busy after ${mostSteps} steps`);
  }

  /** Works on, moving the time on whenever there is something to wait for, for at most so many milliseconds. */
  async settle(atMostMs = 3_600_000): Promise<void> {
    const end = this.now + atMostMs;
    for (let until = await this.rest(); until !== undefined; until = await this.rest()) {
      this.now = Math.min(until, end);
      if (until > end) return;
    }
  }

  /** Commits what has to be committed before the next call, then loses the process: the call is never made, or its answer lost. */
  async dieBeforeSettling(call: 'neverMade' | 'answerLost'): Promise<void> {
    const step = this.plan();
    if (step.kind !== 'call') throw new Error(`expected a call, got ${step.kind}`);
    await this.commit(step.before);
    if (call === 'answerLost') await step.run(this.#context());
  }

  plan(): Step<S, E> {
    const lane = {
      connection: this.connection,
      key: 'subject-1',
      state: JSON.parse(this.state) as S,
      mailbox: this.mailbox,
    };
    return this.worker.plan(lane, {
      now: this.now,
      configuration: this.configuration,
      sweepIntervalMs: 0,
      random: () => 0,
    });
  }

  async take(step: Exclude<Step<S, E>, { kind: 'wait' }>): Promise<void> {
    if (step.kind === 'commit') return this.commit(step.change);
    await this.commit(step.before);
    const outcome = await step.run(this.#context());
    await this.commit(step.settle(outcome, this.now));
  }

  async commit(change: Change<S, E> | undefined): Promise<void> {
    if (change === undefined) return;
    await this.applyEffects(change.effects ?? []);
    this.state = JSON.stringify(change.state);
    this.mailbox = this.mailbox.slice(change.consumed ?? 0);
    this.said.push(...(change.messages ?? []));
    this.commits += 1;
  }

  /** What was said, by type. */
  get types(): readonly string[] {
    return this.said.map(({ type }) => type);
  }

  /** The newest message of a type. */
  last<T extends KeyedDraft['type']>(type: T): Extract<KeyedDraft, { type: T }> {
    const found = this.said.findLast((draft) => draft.type === type);
    if (found === undefined) throw new Error(`no ${type} was said`);
    return found as Extract<KeyedDraft, { type: T }>;
  }

  /** The clock of a call is ahead of the plan by `pausedMs`. */
  pausedMs = 0;

  #context(): CallContext {
    return { clock: { now: () => this.now + this.pausedMs } } as CallContext;
  }
}
