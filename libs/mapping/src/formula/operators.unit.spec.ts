import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcome } from './spec-scope.js';

/** An expression with its value, and how strongly its outermost operator binds (7: a value). */
interface Expression<T> {
  readonly text: string;
  readonly value: T;
  readonly binds: number;
}

/** In parentheses only where they are needed. */
function operand({ text, binds }: Expression<unknown>, least: number): string {
  return binds < least ? `(${text})` : text;
}

type Numbers = Expression<bigint>;
type Truths = Expression<boolean>;

/** An operator of one level, whose right side binds more strongly than the operator itself: they go from left to right. */
function binary<A, R>(sign: string, binds: number, of: (a: A, b: A) => R) {
  return (a: Expression<A>, b: Expression<A>): Expression<R> => ({
    text: `${operand(a, binds)} ${sign} ${operand(b, binds + 1)}`,
    value: of(a.value, b.value),
    binds,
  });
}

const sums = [
  binary<bigint, bigint>('+', 5, (a, b) => a + b),
  binary<bigint, bigint>('-', 5, (a, b) => a - b),
  binary<bigint, bigint>('*', 6, (a, b) => a * b),
];
const comparisons = [
  binary<bigint, boolean>('=', 3, (a, b) => a === b),
  binary<bigint, boolean>('<>', 3, (a, b) => a !== b),
  binary<bigint, boolean>('<', 3, (a, b) => a < b),
  binary<bigint, boolean>('<=', 3, (a, b) => a <= b),
  binary<bigint, boolean>('>', 3, (a, b) => a > b),
  binary<bigint, boolean>('>=', 3, (a, b) => a >= b),
];
const truths = [
  binary<boolean, boolean>('or', 0, (a, b) => a || b),
  binary<boolean, boolean>('and', 1, (a, b) => a && b),
];

const { number, truth } = fc.letrec<{ number: Numbers; truth: Truths }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.nat(9).map((n): Numbers => ({ text: `${n}`, value: BigInt(n), binds: 8 })),
    fc.nat(9).map((n): Numbers => ({ text: `[f${n}]`, value: BigInt(n), binds: 8 })),
    fc.tuple(fc.constantFrom(...sums), tie('number'), tie('number')).map(([make, a, b]) => make(a, b)),
    tie('number').map((a): Numbers => ({ text: `-${operand(a, 7)}`, value: -a.value, binds: 7 })),
  ),
  truth: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.tuple(fc.constantFrom(...comparisons), tie('number'), tie('number')).map(([make, a, b]) => {
      // A number is needed on one side, so that two fields are not compared as texts.
      return make({ text: `0 + ${operand(a, 6)}`, value: a.value, binds: 5 }, b);
    }),
    fc.tuple(fc.constantFrom(...truths), tie('truth'), tie('truth')).map(([make, a, b]) => make(a, b)),
    tie('truth').map((a): Truths => ({ text: `not ${operand(a, 2)}`, value: !a.value, binds: 2 })),
  ),
}));

const form = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`f${n}`, String(n)]));

describe('operators', () => {
  it('of numbers bind as they do in Excel', () => {
    fc.assert(
      fc.property(number, ({ text, value }) => {
        fc.pre(text.length < 4_000 && value.toString().length < 38);
        expect(outcome(text, { form, expected: ['number'] })).toBe(value.toString());
      }),
    );
  });

  it('of conditions bind weaker, comparison, not, and, or in this order', () => {
    fc.assert(
      fc.property(truth, ({ text, value }) => {
        fc.pre(text.length < 4_000);
        expect(outcome(text, { form })).toBe(value);
      }),
    );
  });
});
