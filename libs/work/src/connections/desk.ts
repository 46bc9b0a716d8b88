import type { CallContext } from '@voucherline/connector-kit';
import { isConnectionTrouble } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import type { Published } from '@voucherline/pipeline';
import { type Cancel, type Clock, crashPoint, type Logger, type Randomness, type Timers } from '@voucherline/platform';
import type { Lease, TakenLane } from '@voucherline/store';
import { Breaker } from '../breaker/breaker.js';
import { callsLeft } from '../limits/budget.js';
import { Gate, type Priority } from '../limits/gate.js';
import type { Spending } from '../limits/spending.js';
import type { WorkMetrics } from '../metrics.js';
import type { ConnectionStatus } from '../status.js';
import type { Outcome } from '../worker.js';
import { Pace } from './pace.js';

/** What a desk needs of the runner. */
export interface DeskPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomness: Randomness;
  readonly logger: Logger;
  readonly metrics: WorkMetrics;
  contextFor(content: ConnectionContent): CallContext;
  /** Cheapest read, sent while the breaker is open. */
  probe(context: CallContext): Promise<Outcome>;
  /** Whether this process may still act for its leases: asked right before each call, since it may have been paused. */
  mayAct(): boolean;
  /** There is room for another lane of this desk. */
  onRoom(desk: Desk): void;
  /** Keeps the connection's lanes from being taken for `ms`; 0 ends the rest. */
  persistRest(lease: Lease, ms: number): void;
}

export interface CallRequest {
  readonly name: string;
  readonly access: 'read' | 'write';
  readonly priority: Priority;
  /** The vendor does not count it against the month. */
  readonly isExempt?: boolean;
  run(context: CallContext): Promise<Outcome>;
}

export type CallResult =
  | { readonly kind: 'made'; readonly outcome: Outcome }
  /** The connection rests, or its lease is lost or given up: nothing was sent. */
  | { readonly kind: 'notMade' }
  /** The month leaves no call of this priority: nothing was sent. */
  | { readonly kind: 'noBudget' };

/** Waits between probes while the breaker is open. */
const PROBE_GAP = { firstMs: 5_000, lastMs: 120_000 } as const;
/** Lanes worked on for each call that may be under way; the others are in commits. */
const LANES_PER_CALL = 8;
/** What vendors ask for is believed within these bounds (failure-modes.md F21). */
const THROTTLE = { leastMs: 100, mostMs: 15 * 60_000 } as const;
/** A connection whose secrets or address can't be used is tried again after this. */
const MISCONFIGURED_REST_MS = 60_000;
/** A rest without a known end is said again when it is over. */
const OPEN_REST_MS = 3_600_000;
/** Who found no budget looks again after this. */
const BUDGET_LOOK_MS = 10 * 60_000;

/**
 * Everything that exists once for a leased connection: context with tokens and session, limiter, budget, breaker, the
 * lanes in memory. Lives at most as long as the lease.
 */
export class Desk {
  readonly lease: Lease;
  readonly spending: Spending;
  readonly pace: Pace;
  /** Lanes taken and not started. */
  readonly ready: TakenLane[] = [];
  /** All lanes in memory by key, started or not. */
  readonly inMemory = new Map<string, TakenLane>();
  active = 0;
  idleSince: number;
  readonly #ports: DeskPorts;
  readonly #gate: Gate;
  readonly #unacknowledged = new Map<string, Promise<void>>();
  #published: Published<ConnectionContent>;
  #context: CallContext | undefined;
  #breaker: Breaker | undefined;
  #restingUntil = 0;
  #probes = 0;
  #isProbing = false;
  #cancelProbe: Cancel | undefined;
  #isClosing = false;
  #isLost = false;

  constructor(lease: Lease, published: Published<ConnectionContent>, spending: Spending, ports: DeskPorts) {
    this.lease = lease;
    this.spending = spending;
    this.pace = new Pace(ports.clock.now());
    this.idleSince = ports.clock.now();
    this.#published = published;
    this.#ports = ports;
    this.#gate = new Gate(published.content.limits, ports, () => ports.onRoom(this));
  }

  get connection(): string {
    return this.lease.connection;
  }

  get content(): ConnectionContent {
    return this.#published.content;
  }

  /** The lease is gone: nothing of it may be committed or called any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  get isResting(): boolean {
    return this.#ports.clock.now() < this.#restingUntil;
  }

  /**
   * Whether another lane may be worked on. A lane also commits and waits for the log, so there are more lanes than calls;
   * but no more than one waits for each call, so that a lane does not plan long before it can act.
   */
  get hasRoom(): boolean {
    return (
      this.mayCall && this.#gate.waiting < this.#gate.capacity && this.active < this.#gate.capacity * LANES_PER_CALL
    );
  }

  /** Whether lanes of this connection wait for their turn to call: it does not stand still when others commit later. */
  get hasCallsWaiting(): boolean {
    return this.#gate.waiting > 0;
  }

  get sweepIntervalMs(): number {
    return this.spending.sweepIntervalMs(this.#ports.clock.now(), this.content.limits.perMonth);
  }

  /** Whether a call could be made now, were it its turn. */
  get mayCall(): boolean {
    return !this.#isLost && !this.#isClosing && !this.isResting && this.#ports.mayAct();
  }

  /**
   * How long such a call has to wait for the month's budget, in ms; 0: not at all. Finishing work waits too
   * when nothing is left at all, until the month ends or a higher limit is published.
   */
  budgetWaitMs({ priority, isExempt }: Pick<CallRequest, 'priority' | 'isExempt'>): number {
    if (isExempt) return 0;
    const isAllowed = this.spending.allows(priority, this.#ports.clock.now(), this.content.limits.perMonth);
    return isAllowed ? 0 : BUDGET_LOOK_MS;
  }

  /** Takes over what was published anew: limits and context of the next call. */
  refresh(published: Published<ConnectionContent>): void {
    if (published.offset === this.#published.offset) return;
    this.#published = published;
    this.#closeContext();
    this.#gate.setLimits(published.content.limits);
  }

  /** What the lane said and the log has not acknowledged yet. */
  acknowledged(key: string): Promise<void> | undefined {
    return this.#unacknowledged.get(key);
  }

  noteSaid(key: string, acknowledged: Promise<void>): void {
    this.#unacknowledged.set(key, acknowledged);
    void acknowledged.then(() => {
      if (this.#unacknowledged.get(key) === acknowledged) this.#unacknowledged.delete(key);
    });
  }

  /** Makes one call, in its turn. What the connector throws becomes the outcome that promises least. */
  async call(request: CallRequest): Promise<CallResult> {
    const { clock, metrics } = this.#ports;
    if (!this.mayCall) return { kind: 'notMade' };
    const pass = await this.#gate.enter(request.priority);
    if (pass === undefined) return { kind: 'notMade' };
    try {
      // Asked again after the wait, and last of all: a paused process must not call for a lease that has expired.
      const context = this.mayCall ? this.#theContext() : undefined;
      if (context === undefined) return { kind: 'notMade' };
      if (this.budgetWaitMs(request) > 0) return { kind: 'noBudget' };
      const startedAt = clock.now();
      if (!request.isExempt) this.spending.count(request.priority, startedAt);
      const outcome = await this.#theBreaker().run(() => this.#outcomeOf(request, context), isConnectionTrouble);
      metrics.called(this.content.product, request, outcome, clock.now() - startedAt);
      if (outcome.kind === 'throttled') this.rest(clamp(outcome.afterMs, THROTTLE.leastMs, THROTTLE.mostMs));
      else if (!isConnectionTrouble(outcome)) this.#gate.succeeded();
      return { kind: 'made', outcome };
    } finally {
      pass.release();
    }
  }

  /** Lets the connection rest: no lane is taken, who waits for a call is sent away. */
  rest(ms: number): void {
    const until = this.#ports.clock.now() + ms;
    if (until <= this.#restingUntil) return;
    this.#restingUntil = until;
    this.#dropReady();
    this.#gate.empty();
    this.#ports.persistRest(this.lease, Math.min(ms, OPEN_REST_MS));
  }

  /** Lanes were taken although the connection rests: says the rest again. */
  repeatRest(): void {
    this.#dropReady();
    this.#ports.persistRest(this.lease, Math.min(this.#restingUntil - this.#ports.clock.now(), OPEN_REST_MS));
  }

  /** Takes no more lanes; those at work end after the call they are in. */
  close(): void {
    this.#isClosing = true;
    this.#dropReady();
    this.#gate.empty();
    this.#cancelProbe?.();
  }

  /** The lease was lost: whatever is under way will not be committed. */
  lose(): void {
    this.#isLost = true;
    this.close();
    this.#breaker?.shutdown();
    this.#closeContext();
  }

  /** To be called each second. */
  tick(): void {
    this.#breaker?.rotate();
  }

  status(): Omit<ConnectionStatus, 'backlog' | 'oldestAgeSeconds' | 'drainSeconds'> {
    const now = this.#ports.clock.now();
    const { perMonth } = this.content.limits;
    const use = this.spending.use(now, perMonth);
    const resting = this.isResting && this.#restingUntil !== Infinity;
    return {
      connection: this.connection,
      product: this.content.product,
      leased: true,
      breaker: this.#isProbing ? 'halfOpen' : this.#breaker?.isOpen ? 'open' : 'closed',
      restingUntil: resting ? new Date(this.#restingUntil).toISOString() : null,
      inFlight: this.#gate.inside,
      callsThisMonth: use.spent,
      budget: perMonth === undefined ? null : callsLeft(use),
      sweepIntervalSeconds: Math.round(this.sweepIntervalMs / 1000),
    };
  }

  #dropReady(): void {
    for (const lane of this.ready.splice(0)) this.inMemory.delete(lane.key);
  }

  /** The context of the next call; undefined, and the connection rests, where it can't be made (a secret is missing). */
  #theContext(): CallContext | undefined {
    try {
      this.#context ??= this.#ports.contextFor(this.content);
      return this.#context;
    } catch (error) {
      const { connection } = this;
      this.#ports.logger.error('the connection can not be used as it is configured', { connection, error });
      this.rest(MISCONFIGURED_REST_MS);
      return undefined;
    }
  }

  /** Calls in flight end as they would; sockets are then given back. */
  #closeContext(): void {
    const context = this.#context;
    this.#context = undefined;
    context?.http.close().catch((error: unknown) => {
      this.#ports.logger.warn('sockets of a connection did not close', { connection: this.connection, error });
    });
  }

  #theBreaker(): Breaker {
    this.#breaker ??= new Breaker(() => this.#opened());
    return this.#breaker;
  }

  async #outcomeOf(request: CallRequest, context: CallContext): Promise<Outcome> {
    try {
      crashPoint('before-call.send');
      const outcome = await request.run(context);
      crashPoint('before-call.answer');
      return outcome;
    } catch (error) {
      this.#ports.logger.error(`${request.name} of the connector threw instead of telling an outcome`, {
        connection: this.connection,
        error,
      });
      const detail = `the connector threw ${error instanceof Error ? error.name : typeof error}`;
      return request.access === 'read' ? { kind: 'unavailable', detail } : { kind: 'inDoubt', reason: detail };
    }
  }

  #opened(): void {
    this.#ports.logger.warn('the vendor does not answer: the connection rests', { connection: this.connection });
    this.#ports.metrics.breakerOpened();
    this.#probes = 0;
    this.#restingUntil = 0;
    this.rest(Infinity);
    this.#planProbe();
  }

  #planProbe(atLeastMs = 0): void {
    const gap = Math.min(PROBE_GAP.lastMs, PROBE_GAP.firstMs * 2 ** Math.min(this.#probes, 10));
    const jittered = gap * (0.8 + 0.4 * this.#ports.randomness.float());
    this.#probes += 1;
    this.#cancelProbe = this.#ports.timers.after(Math.max(jittered, atLeastMs), () => void this.#probe());
  }

  /** Half-open: one read decides. Its answer closes the breaker even when it is a refusal, for then somebody answers. */
  async #probe(): Promise<void> {
    if (this.#isLost || this.#isClosing) return;
    const context = this.#ports.mayAct() ? this.#theContext() : undefined;
    if (context === undefined) return this.#planProbe();
    this.#isProbing = true;
    const request: CallRequest = { name: 'probe', access: 'read', priority: 'finish', run: this.#ports.probe };
    const startedAt = this.#ports.clock.now();
    this.spending.count('finish', startedAt);
    const outcome = await this.#outcomeOf(request, context);
    this.#isProbing = false;
    this.#ports.metrics.called(this.content.product, request, outcome, this.#ports.clock.now() - startedAt);
    if (this.#isLost || this.#isClosing) return;
    if (outcome.kind === 'throttled') return this.#planProbe(clamp(outcome.afterMs, 0, THROTTLE.mostMs));
    if (isConnectionTrouble(outcome)) return this.#planProbe();
    this.#ports.logger.info('the vendor answers again', { connection: this.connection });
    this.#theBreaker().close();
    this.#gate.startRamp();
    this.#restingUntil = 0;
    this.#ports.persistRest(this.lease, 0);
  }
}

/** A number that is none (a header that could not be read) gives the lower bound. */
function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Number.isFinite(value) ? value : least));
}
