import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';

/** A call that shows the connection itself in trouble; carries the outcome through opossum, which counts what is thrown. */
class Trouble extends Error {
  constructor(readonly outcome: unknown) {
    super('connection trouble');
  }
}

/** More failures in a row than any one document causes. The rolling window alone stays empty on a quiet connection. */
const IN_A_ROW = 5;
/** opossum's own reset timer is never used: see {@link Breaker}. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * The circuit breaker of one leased connection: opens when more than half of at least ten calls within ten seconds, or
 * {@link IN_A_ROW} calls in a row, showed connection trouble. It never half-opens by itself: while it is open its owner
 * sends a read as the probe and closes it, so that no write is ever the probe (stack.md §10.2, failure-modes.md F22).
 */
export class Breaker {
  readonly #rotation = new EventEmitter();
  readonly #circuit: CircuitBreaker<[() => Promise<unknown>], unknown>;
  #inARow = 0;

  /** @param onOpen called at each change from closed to open. */
  constructor(onOpen: () => void) {
    this.#circuit = new CircuitBreaker((call: () => Promise<unknown>) => call(), {
      timeout: false,
      errorThresholdPercentage: 50,
      volumeThreshold: 10,
      rollingCountTimeout: 10_000,
      rollingCountBuckets: 10,
      resetTimeout: NEVER_MS,
      errorFilter: (error) => !(error instanceof Trouble),
      // One timer for all breakers of the process rotates the windows; opossum's own would be one a connection.
      rotateBucketController: this.#rotation,
      enableSnapshots: false,
      rollingPercentilesEnabled: false,
    });
    this.#circuit.on('open', onOpen);
  }

  get isOpen(): boolean {
    return this.#circuit.opened;
  }

  /** Moves the rolling window on; to be called each second. */
  rotate(): void {
    this.#rotation.emit('rotate');
  }

  /** Makes the call and counts its outcome. @throws what `call` throws (not counted), or EOPENBREAKER while open. */
  async run<O>(call: () => Promise<O>, isTrouble: (outcome: O) => boolean): Promise<O> {
    try {
      const outcome = await this.#circuit.fire(async () => {
        const result = await call();
        if (isTrouble(result)) throw new Trouble(result);
        return result;
      });
      this.#inARow = 0;
      return outcome as O;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#inARow += 1;
      if (this.#inARow >= IN_A_ROW) this.#circuit.open();
      return error.outcome as O;
    }
  }

  /** After a probe that was answered. */
  close(): void {
    this.#inARow = 0;
    this.#circuit.close();
  }

  /** Frees what opossum holds; the breaker is not to be used after it. */
  shutdown(): void {
    this.#circuit.shutdown();
  }
}
