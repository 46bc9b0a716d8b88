import { SandboxControl } from '@voucherline/local';
import { AMOUNT } from './configuration.js';

/** Documents that a sandbox makes in one call. */
const AT_ONCE = 2_000;

/** A vendor's sandbox, asked for what a benchmark needs. */
export class BenchSandbox extends SandboxControl {
  /** Approved instances of DingTalk, of a form that no sweep lists: so a sweep is one call in a minute. Gives their ids. */
  instances(count: number): Promise<readonly string[]> {
    return inParts(count, async (n) => {
      const made = { n, processCode: 'PROC-UNSWEPT', callbacks: 'none' };
      return (await this.post<{ ids: readonly string[] }>('/bulk', made)).ids;
    });
  }

  /** Audited payment applications of Kingdee. Gives their numbers. */
  applications(count: number): Promise<readonly string[]> {
    return inParts(count, async (n) => {
      return (await this.post<{ numbers: readonly string[] }>('/payapply', { n, amount: AMOUNT })).numbers;
    });
  }
}

async function inParts(count: number, make: (n: number) => Promise<readonly string[]>): Promise<readonly string[]> {
  const made: string[] = [];
  while (made.length < count) made.push(...(await make(Math.min(AT_ONCE, count - made.length))));
  return made;
}

/** Holds floor and product to the same number of calls a document: else the one would not be the floor of the other. */
export class CallsCompared {
  readonly #sandbox: SandboxControl;
  readonly #perDocument = new Map<'floor' | 'product', number>();

  constructor(sandbox: SandboxControl) {
    this.#sandbox = sandbox;
  }

  /** Runs one side over so many documents. @throws when the other made more or fewer calls a document, by more than 2 % */
  async during<T>(side: 'floor' | 'product', documents: number, run: () => Promise<T>): Promise<T> {
    const before = total(await this.#sandbox.calls());
    const result = await run();
    this.#perDocument.set(side, (total(await this.#sandbox.calls()) - before) / documents);
    const { floor, product } = Object.fromEntries(this.#perDocument) as { floor?: number; product?: number };
    if (floor !== undefined && product !== undefined && Math.abs(floor / product - 1) > 0.02) {
      throw new Error(`a document takes ${product.toFixed(3)} calls here and ${floor.toFixed(3)} calls in the floor`);
    }
    return result;
  }
}

function total(calls: Readonly<Record<string, number>>): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
