import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MappingProblem } from '../evaluate/problem.js';
import { FUNCTIONS } from './functions/registry.js';
import { compiled, evaluated, type FormSketch, outcome, scopeOf } from './spec-scope.js';

const Exact = Decimal.clone({ precision: 400 });

/** Amounts as forms have them, with up to ten digits on each side of the point. */
const amount = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 10 }))
  .map(([units, digits]) => new Exact(units.toString()).div(new Exact(10).pow(digits)).toFixed(digits));

/** Any units of UTF-16, halves of characters among them. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

/** Formulas that may or may not be right, made of what the language knows. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom('(', ')', ',', '+', '-', '*', '/', '&', '=', '<>', '<', '>=', ' and ', ' or ', 'not '),
    fc.constantFrom('[a]', '[b]', '[t]', 'form[a]', '1', '2.50', '"x"', "'", '"', '[', ']', 'true', 'row.number'),
    fc.constantFrom(...FUNCTIONS.keys()).map((name) => `${name}(`),
  ),
  { maxLength: 24 },
);
const fair = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('[a]', '[b]', '[t]', '[none]', '0', '1', '2.5', '"x"', '"12"', 'true', 'approval.approvedOn'),
    fc
      .tuple(tie('any'), fc.constantFrom('+', '-', '*', '/', '&', '=', '<', ' and '), tie('any'))
      .map((p) => p.join('')),
    fc
      .tuple(fc.constantFrom(...FUNCTIONS.keys()), fc.array(tie('any'), { minLength: 1, maxLength: 4 }))
      .map(([name, args]) => `${name}(${args.join(', ')})`),
  ),
})).any;
const form: FormSketch = {
  a: '12.5',
  b: '2026-01-31',
  none: null,
  t: [
    { a: '1', b: 'x' },
    { a: '2', b: null },
  ],
};

describe('any text', () => {
  it('compiles or has a fault, and never throws', () => {
    const source = fc.oneof(
      pieces.map((all) => all.join('')),
      anyText,
      fair,
    );
    fc.assert(
      fc.property(source, (text) => {
        const { formula, faults } = compiled(text);
        expect(formula === undefined).toBe(faults.length > 0);
        for (const { offset = 0 } of faults) expect(offset).toBeLessThanOrEqual(text.length + 1);
      }),
      { numRuns: 500 },
    );
  });

  it('that compiles ends with a value or a problem, the same each time', () => {
    fc.assert(
      fc.property(fair, (text) => {
        const { formula } = compiled(text);
        fc.pre(formula !== undefined);
        const evaluate = () => {
          try {
            return formula?.evaluate(scopeOf({ form }));
          } catch (error) {
            if (error instanceof MappingProblem) return error.fault;
            throw error;
          }
        };
        expect(evaluate()).toStrictEqual(evaluate());
      }),
      { numRuns: 300 },
    );
  });
});

describe('numbers', () => {
  it('are added, subtracted and multiplied exactly', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const form = { a, b };
        expect(outcome('[a] + [b]', { form })).toBe(plain(new Exact(a).plus(b)));
        expect(outcome('[a] - [b]', { form })).toBe(plain(new Exact(a).minus(b)));
        const product = new Exact(a).times(b);
        expect(outcome('[a] * [b]', { form })).toBe(product.e >= 40 ? 'mapping.limit' : plain(product));
      }),
    );
  });

  it('are divided to forty digits', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        fc.pre(!new Exact(b).isZero());
        const quotient = new Exact(a).div(b).toSignificantDigits(40);
        expect(outcome('[a] / [b]', { form: { a, b } })).toBe(quotient.e >= 40 ? 'mapping.limit' : plain(quotient));
      }),
    );
  });

  it('are summed as integers would be', () => {
    const cents = fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), { maxLength: 40 });
    fc.assert(
      fc.property(cents, (all) => {
        const t = all.map((value) => ({ x: new Exact(value.toString()).div(100).toFixed(2) }));
        const sum = all.reduce((a, b) => a + b, 0n).toString();
        expect(outcome('sum([t], [x]) * 100', { form: { t } })).toBe(sum);
      }),
    );
  });

  it('are rounded to the nearest, away from zero when two are as near', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: -5, max: 8 }), (a, digits) => {
        const unit = new Exact(10).pow(-digits);
        const halves = new Exact(a).abs().div(unit).plus(0.5).floor().times(unit);
        const expected = new Exact(a).isNegative() ? halves.negated() : halves;
        expect(outcome(`round([a], ${digits})`, { form: { a } })).toBe(plain(expected));
      }),
    );
  });

  it('keep their value as money, or are refused', () => {
    fc.assert(
      fc.property(amount, fc.constantFrom('CNY', 'JPY', 'KWD'), (a, currency) => {
        const digits = { CNY: 2, JPY: 0, KWD: 3 }[currency] ?? 2;
        const text = outcome(`money([a], "${currency}")`, { form: { a } });
        const isExact = new Exact(a).decimalPlaces() <= digits;
        expect(text).toBe(isExact ? new Exact(a).toFixed(digits) : 'mapping.too-precise');
      }),
    );
  });
});

describe('share', () => {
  it('gives every row the part next to what is its due, and all of the total together', () => {
    const weight = fc.bigInt({ min: 0n, max: 10n ** 15n });
    const weights = fc.array(weight, { minLength: 1, maxLength: 30 }).filter((all) => all.some((value) => value > 0n));
    const units = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    fc.assert(
      fc.property(units, weights, fc.integer({ min: 0, max: 6 }), (total, all, digits) => {
        const unit = new Exact(10).pow(-digits);
        const sum = all.reduce((a, b) => a + b, 0n).toString();
        const form = { total: unit.times(total.toString()).toFixed(), t: all.map((w) => ({ w: w.toString() })) };
        const parts = all.map((_, index) => {
          const row = { table: 't', index };
          return new Exact(String(evaluated(`share(form[total], form[t], [w], ${digits})`, { form, row })));
        });
        expect(parts.reduce((a, b) => a.plus(b), new Exact(0)).equals(form.total)).toBe(true);
        for (const [index, part] of parts.entries()) {
          const due = new Exact(form.total).times(String(all[index])).div(sum);
          expect(part.minus(due).abs().lt(unit)).toBe(true);
          expect(part.decimalPlaces()).toBeLessThanOrEqual(digits);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('days', () => {
  const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  const text = day.map((date) => date.toISOString().slice(0, 10));

  it('are counted as the calendar counts them', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
        expect(outcome('daysBetween(date([from]), date([to]))', { form: { from, to } })).toBe(String(days));
        expect(outcome(`addDays(date([from]), ${days})`, { form: { from } })).toBe(to);
      }),
    );
  });

  it('stay in the month that was asked for', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: -500, max: 500 }), (from, months) => {
        const month = Number(from.slice(0, 4)) * 12 + Number(from.slice(5, 7)) - 1 + months;
        fc.pre(month >= 12 && month < 120_000);
        const later = String(outcome(`addMonths(date([from]), ${months})`, { form: { from } }));
        expect(Number(later.slice(0, 4)) * 12 + Number(later.slice(5, 7)) - 1).toBe(month);
        expect(Number(later.slice(8))).toBeLessThanOrEqual(Number(from.slice(8)));
      }),
    );
  });
});

function plain(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}
