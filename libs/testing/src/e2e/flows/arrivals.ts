import { setTimeout as pause } from 'node:timers/promises';
import type { Line } from '../line.js';
import { approvedClaim, type Claim, type ClaimFields } from './claims.js';

const EVERY_MS = 500;

/** Claims that are submitted and approved, one after the other, until somebody stops it. */
export class Arrivals {
  readonly claims: Claim[] = [];
  readonly #done: Promise<void>;
  #isStopped = false;

  constructor(line: Line, scenario: string, next: (n: number) => ClaimFields) {
    this.#done = this.#run(line, scenario, next);
    // Whoever stops it hears of its faults.
    this.#done.catch(() => undefined);
  }

  async #run(line: Line, scenario: string, next: (n: number) => ClaimFields): Promise<void> {
    while (!this.#isStopped) {
      this.claims.push(await approvedClaim(line, scenario, next(this.claims.length)));
      await pause(EVERY_MS);
    }
  }

  /** @throws what kept it from going on */
  async stop(): Promise<readonly Claim[]> {
    this.#isStopped = true;
    await this.#done;
    return this.claims;
  }
}
