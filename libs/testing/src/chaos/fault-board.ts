import type { Fault, SandboxControl } from '@voucherline/local';
import type { Counters } from './counters.js';

/**
 * The faults of one sandbox, as several nemeses want them at a time. A sandbox forgets its faults only all at once, so they are
 * counted, cleared and set anew with each change.
 */
export class FaultBoard {
  readonly #sandbox: SandboxControl;
  readonly #counters: Counters;
  readonly #wanted = new Map<object, readonly Fault[]>();
  #turn: Promise<void> = Promise.resolve();

  constructor(sandbox: SandboxControl, counters: Counters) {
    this.#sandbox = sandbox;
    this.#counters = counters;
  }

  /** @param owner takes them off again */
  put(owner: object, faults: readonly Fault[]): Promise<void> {
    return this.#change(() => this.#wanted.set(owner, faults));
  }

  take(owner: object): Promise<void> {
    return this.#change(() => this.#wanted.delete(owner));
  }

  clear(): Promise<void> {
    return this.#change(() => this.#wanted.clear());
  }

  #change(change: () => unknown): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      change();
      for (const { kind, operation = '', bit } of await this.#sandbox.faults()) {
        this.#counters.add(operation.startsWith('callback') ? `callback ${kind}` : kind, bit);
      }
      await this.#sandbox.withoutFaults();
      for (const fault of [...this.#wanted.values()].flat()) await this.#sandbox.fault(fault);
    });
    return this.#turn;
  }
}
