import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { Logger } from '../logging/logger.js';

/** A loop of ours: a stage, a worker, a publisher. */
export interface Runner {
  readonly name: string;
  /** Resolves when the loop runs; rejects when it can't. */
  start(): Promise<void>;
  /** Resolves when what is in flight is finished and nothing new will be taken. */
  stop(): Promise<void>;
  /** Rejects when the loop has died on its own; the process then ends, so that its supervisor starts it afresh. */
  readonly failed?: Promise<unknown>;
}

/**
 * Plugs runners into Nest's life cycle as a transport. Nest's own Kafka transport skips what it can't read and knows no
 * batches (stack.md §6), so it only starts and stops ours: no message passes through Nest.
 */
export class RunnerStrategy extends Server implements CustomTransportStrategy {
  /** Rejects with the first runner's failure, naming it; never settles otherwise. */
  readonly failed: Promise<never>;
  readonly #findRunners: () => readonly Runner[];
  readonly #log: Logger;
  readonly #started: Runner[] = [];
  #reportFailure: (error: Error) => void = () => {};

  /** `findRunners` is called at the start, when Nest has built the providers. */
  constructor(findRunners: () => readonly Runner[], logger: Logger) {
    super();
    this.#findRunners = findRunners;
    this.#log = logger;
    this.failed = new Promise((_, reject) => {
      this.#reportFailure = reject;
    });
    // Whoever runs the service listens from the end of its start on; a failure before that must not count as unhandled.
    this.failed.catch(() => {});
  }

  /** Starts the runners one after another; when one can't start, those before it are stopped again. */
  override listen(callback: (error?: unknown) => void): void {
    this.#startAll().then(() => callback(), callback);
  }

  /** Stops the runners in reverse order. One that can't be stopped is logged and does not hold up the others. */
  override async close(): Promise<void> {
    for (let runner = this.#started.pop(); runner; runner = this.#started.pop()) {
      try {
        await runner.stop();
        this.#log.info('runner stopped', { runner: runner.name });
      } catch (error) {
        this.#log.error('runner did not stop cleanly', { runner: runner.name, error });
      }
    }
  }

  override on(): never {
    throw new Error('runners have no transport events');
  }

  override unwrap<T>(): T {
    return this.#started as T;
  }

  async #startAll(): Promise<void> {
    for (const runner of this.#findRunners()) {
      this.#started.push(runner);
      try {
        await runner.start();
      } catch (error) {
        await this.close();
        throw new Error(`runner ${runner.name} did not start`, { cause: error });
      }
      this.#log.info('runner started', { runner: runner.name });
      runner.failed?.catch((error) => this.#onFailure(runner, error));
    }
  }

  /** A runner that breaks while it stops is told of, but must not cut short the draining of the others. */
  #onFailure(runner: Runner, error: unknown): void {
    if (this.#started.includes(runner))
      this.#reportFailure(new Error(`runner ${runner.name} failed`, { cause: error }));
    else this.#log.warn('runner failed while stopping', { runner: runner.name, error });
  }
}
