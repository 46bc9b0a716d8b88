import { type CheckedFile, type Path, pathText, TABLE_PENDING } from '@voucherline/mapping';
import { isOfCause } from '../parked-cases.js';
import type { ExpectedVoucher, FlowCase } from './case-file.js';
import { type Difference, differencesOf, isObject, shown } from './differences.js';
import { type Outcome, shownOf } from './outcome.js';

/** What came out otherwise than a case expects: a line each, with the line of the file that says what was expected. */
export function mismatches(file: CheckedFile<FlowCase>, outcome: Outcome): readonly string[] {
  const { expect } = file.value;
  const line = (words: string, path: Path) => {
    const place = file.place({ path: ['expect', ...path], fault: '', mend: '' });
    return `${words}  (${place.file}:${place.line})`;
  };
  const otherwise = (expected: string) => [
    line(`expected ${expected} / got ${words(outcome)}${pendingMend(outcome)}`, [expect.kind]),
  ];
  switch (expect.kind) {
    case 'skipped':
      return outcome.kind === 'skipped' ? [] : otherwise('to be skipped');
    case 'parked': {
      const met = outcome.kind === 'parked' && isOfCause(outcome.code, expect.cause);
      return met ? [] : otherwise(`to be parked: ${expect.cause}`);
    }
    case 'voucher':
      if (outcome.kind !== 'voucher') return otherwise('a voucher');
      return voucherDifferences(expect.voucher, outcome).map(({ path, before, after }) => {
        const what = `${pathText(path)}: expected ${shown(before)} / got ${shown(after)}`;
        return line(what, ['voucher', ...path]);
      });
  }
}

/** In a case, nobody else will read the table. */
function pendingMend(outcome: Outcome): string {
  if (outcome.kind !== 'parked' || !outcome.code.startsWith(TABLE_PENDING)) return '';
  return `; write the rows into the case: masterData: { ${outcome.code.slice(TABLE_PENDING.length)}: [{ code: … }] }`;
}

/** What became of an approval, in one line. */
export function words(outcome: Outcome): string {
  if (outcome.kind === 'parked') return `parked: ${outcome.code} (${outcome.reason})`;
  return outcome.kind === 'skipped' ? 'skipped' : 'a voucher';
}

function voucherDifferences(
  { lookups, ...expected }: ExpectedVoucher,
  { rendering }: Extract<Outcome, { kind: 'voucher' }>,
): readonly Difference[] {
  const got = { exclusive: [], ...shownOf(rendering) };
  return [
    ...Object.entries(expected).flatMap(([name, value]) => {
      return differencesOf(value, (got as Readonly<Record<string, unknown>>)[name], [name]);
    }),
    ...(lookups === undefined ? [] : differencesOf(lookups, asFarAs(lookups, rendering.lookups ?? []), ['lookups'])),
  ];
}

/** Of a value, the members that an expectation names: rows have more columns than a case is about. */
function asFarAs(expected: unknown, got: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(got)) return got.map((item, index) => asFarAs(expected[index], item));
  if (!isObject(expected) || !isObject(got)) return got;
  const named = Object.entries(got).filter(([name]) => Object.hasOwn(expected, name));
  return Object.fromEntries(named.map(([name, value]) => [name, asFarAs(expected[name], value)]));
}
