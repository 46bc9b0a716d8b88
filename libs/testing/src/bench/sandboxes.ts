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

type Calls = Readonly<Record<string, number>>;

/** Holds floor and product to the same calls a document: else the one would not be the floor of the other. */
export class CallsCompared {
  readonly #sandbox: SandboxControl;
  readonly #perDocument: { floor?: Calls; product?: Calls } = {};

  constructor(sandbox: SandboxControl) {
    this.#sandbox = sandbox;
  }

  /** Runs one side over so many documents. @throws when the other made more or fewer calls of a kind, by more than 2 % */
  async during<T>(side: 'floor' | 'product', documents: number, run: () => Promise<T>): Promise<T> {
    const before = await this.#sandbox.calls();
    const result = await run();
    this.#perDocument[side] = perDocument(before, await this.#sandbox.calls(), documents);
    const { floor, product } = this.#perDocument;
    if (floor !== undefined && product !== undefined) refuseDifference(floor, product);
    return result;
  }
}

function perDocument(before: Calls, after: Calls, documents: number): Calls {
  const counts = Object.entries(after).map(([name, count]) => [name, (count - (before[name] ?? 0)) / documents]);
  return Object.fromEntries(counts) as Calls;
}

function refuseDifference(floor: Calls, product: Calls): void {
  for (const name of new Set([...Object.keys(floor), ...Object.keys(product)])) {
    const [there, here] = [floor[name] ?? 0, product[name] ?? 0];
    if (Math.abs(there - here) <= 0.02) continue;
    throw new Error(`a document takes ${here.toFixed(3)} calls of ${name} here and ${there.toFixed(3)} in the floor`);
  }
}
