import type { ExclusiveValue } from '@voucherline/contracts';
import type { Path } from '../file/fault.js';
import type { Exclusive, Normalisation, Value } from '../flow/flow.js';
import { MappingProblem } from './problem.js';

/**
 * What a voucher claims for itself alone. A part that its value leaves out (`onMissing: omit`) stays empty; where nothing is
 * left there is no claim. What normalisation empties is missing too: all that say `none` would clash.
 * @param evaluate gives a value's text, or undefined when it is left out
 */
export function claimsOf(
  exclusives: readonly Exclusive[],
  evaluate: (value: Value, path: Path) => unknown,
): readonly ExclusiveValue[] {
  return exclusives.flatMap(({ name, company, values, normalise }, index) => {
    const parts = values.map((value, part) => {
      const path = ['exclusive', index, 'values', part];
      const text = evaluate(value, path);
      const normalised = text === undefined ? '' : normalise.reduce(normalisedBy, String(text));
      if (normalised === '' && !mayBeMissing(value)) throw new MappingProblem('empty-claim', path, `the ${name}`);
      return normalised;
    });
    return parts.every((part) => part === '') ? [] : [{ name, company, value: parts.map(escaped).join('/') }];
  });
}

function mayBeMissing(value: Value): boolean {
  return 'onMissing' in value && value.onMissing === 'omit';
}

function normalisedBy(text: string, by: Normalisation): string {
  switch (by) {
    case 'trim':
      return text.trim();
    case 'upper':
      return text.toUpperCase();
    case 'halfwidth':
      return text.normalize('NFKC');
    case 'digits':
      return text.replaceAll(/[^0-9]/g, '');
  }
}

/** So that `a/b` and `c` is another claim than `a` and `b/c`. */
function escaped(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('/', '%2F');
}
