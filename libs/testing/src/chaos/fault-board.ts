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
  readonly #bitten = new Map<object, Set<string>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(sandbox: SandboxControl, counters: Counters) {
    this.#sandbox = sandbox;
    this.#counters = counters;
  }

  /** @param owner takes them off again */
  put(owner: object, faults: readonly Fault[]): Promise<void> {
    return this.#change(() => {
      this.#wanted.set(owner, faults);
      this.#bitten.set(owner, new Set());
    });
  }

  take(owner: object): Promise<void> {
    return this.#change(() => this.#wanted.delete(owner));
  }

  /** Whether each kind of an owner's faults has bitten since they were put. */
  async haveBitten(owner: object): Promise<boolean> {
    await this.#change(() => {});
    const bitten = this.#bitten.get(owner);
    return (this.#wanted.get(owner) ?? []).every(({ kind }) => bitten?.has(kind));
  }

  clear(): Promise<void> {
    return this.#change(() => this.#wanted.clear());
  }

  #change(change: () => unknown): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      for (const { kind, operation = '', bit } of await this.#sandbox.faults()) {
        this.#counters.add(operation.startsWith('callback') ? `callback ${kind}` : kind, bit);
        if (bit > 0) for (const kinds of this.#bitten.values()) kinds.add(kind);
      }
      change();
      await this.#sandbox.withoutFaults();
      // The first that bites is done, so the newest go first: else the old ones could leave them nothing.
      for (const fault of [...this.#wanted.values()].toReversed().flat()) await this.#sandbox.fault(fault);
    });
    return this.#turn;
  }
}
