/** Kinds that the sandbox server knows how to do; a product adds its own, which its handler gets to see. */
export type CommonFaultKind =
  /** Waits `delayMs`, then executes and answers. */
  | 'slow'
  /** A definite refusal in the product's form; nothing is executed. */
  | 'refuse'
  /** Executes, then breaks the connection without an answer. */
  | 'dropAfterCommit'
  /** Breaks the connection without an answer, and executes `delayMs` later. */
  | 'executeLate'
  /** 200 with a web page, as a proxy or a login page sends it. */
  | 'html'
  | 'http500'
  /** Executes, sends half of the answer, then breaks the connection. */
  | 'truncate'
  /** The product's "later". */
  | 'throttle'
  /** Breaks every connection without an answer until the fault is cleared. */
  | 'down';

/** A fault to be done to calls. All conditions must hold for it to bite. */
export interface FaultRule {
  readonly kind: CommonFaultKind | (string & {});
  /** The operation to hit; `*` (default) for all. */
  readonly operation?: string;
  readonly delayMs?: number;
  /** Bites at most so often; default: no end. */
  readonly times?: number;
  /** Bites at each n-th call of the operation. */
  readonly every?: number;
  /** 0 to 1, drawn with `seed` (default 1). */
  readonly probability?: number;
  readonly seed?: number;
  /** For `html` and `http500` (and kinds of a product that say so): whether the call is executed before the answer. */
  readonly executed?: boolean;
}

interface Planned {
  readonly rule: FaultRule;
  readonly random: () => number;
  seen: number;
  bit: number;
}

/** The faults of one sandbox. The first rule that bites is done; the others do not count that call. */
export class Faults {
  #planned: Planned[] = [];

  constructor(rules: readonly FaultRule[] = []) {
    for (const rule of rules) this.add(rule);
  }

  /** @throws {RangeError} when the rule can't be what was meant. */
  add(rule: FaultRule): void {
    if (typeof rule.kind !== 'string' || rule.kind === '') throw new RangeError('fault: "kind" is missing');
    if (rule.probability !== undefined && !(rule.probability >= 0 && rule.probability <= 1)) {
      throw new RangeError(`fault: "probability" ${rule.probability} is not within 0 and 1`);
    }
    if (rule.every !== undefined && !(rule.every >= 1)) throw new RangeError('fault: "every" must be 1 or more');
    this.#planned.push({ rule, random: seeded(rule.seed ?? 1), seen: 0, bit: 0 });
  }

  clear(): void {
    this.#planned = [];
  }

  list(): readonly (FaultRule & { readonly bit: number })[] {
    return this.#planned.map(({ rule, bit }) => ({ ...rule, bit }));
  }

  /** The fault for this call, counted as done. */
  next(operation: string): FaultRule | undefined {
    const planned = this.#planned.find((candidate) => bites(candidate, operation));
    if (planned === undefined) return undefined;
    planned.bit += 1;
    return planned.rule;
  }
}

function bites(planned: Planned, operation: string): boolean {
  const { operation: wanted = '*', times = Number.POSITIVE_INFINITY, every = 1, probability = 1 } = planned.rule;
  if (wanted !== '*' && wanted !== operation) return false;
  if (planned.bit >= times) return false;
  planned.seen += 1;
  if (planned.seen % every !== 0) return false;
  return probability === 1 || planned.random() < probability;
}

/** Repeatable numbers from 0 (included) to 1 (excluded): mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
