import type { ExclusiveValue } from '@voucherline/contracts';
import type { Path } from '../file/fault.js';
import type { Exclusive, Single } from '../flow/flow.js';
import type { Fields } from '../formula/formula.js';
import { MappingProblem } from './problem.js';
import type { FlowScope } from './run.js';
import { rowScopes } from './scope.js';
import { valueAt, type Written, writtenAt } from './single.js';

/**
 * What a voucher claims for itself alone. A part that its value leaves out (`$onMissing: omit`) stays empty; where nothing is left there is
 * no claim. A part that its formula leaves empty is missing too: all that say `none` would clash.
 * @param write evaluates a value and traces it
 */
export function claimsOf(
  exclusives: readonly Exclusive[],
  scope: FlowScope,
  write: (single: Single, scope: FlowScope, path: Path) => Written | undefined,
): readonly ExclusiveValue[] {
  const claims = exclusives.flatMap((exclusive, index) => {
    const path = ['exclusive', index];
    const { rows } = exclusive;
    if (rows === undefined) return claimOf(exclusive, scope, path, write);
    const table = valueAt(rows, scope, [...path, 'rows']) as readonly Fields[];
    return rowScopes(scope, table, new Map()).flatMap((row) => claimOf(exclusive, row, path, write));
  });
  return [...new Map(claims.map((claim) => [JSON.stringify(claim), claim])).values()];
}

function claimOf(
  { name, company, values }: Exclusive,
  scope: FlowScope,
  path: Path,
  write: (single: Single, scope: FlowScope, path: Path) => Written | undefined,
): readonly ExclusiveValue[] {
  const parts = values.map((value, part) => {
    const at = [...path, 'values', part];
    const text = String(write(value, scope, at) ?? '');
    if (text === '' && !mayBeMissing(value)) throw new MappingProblem('empty-claim', at, `the ${name}`);
    return text;
  });
  if (parts.every((part) => part === '')) return [];
  const owner = String(writtenAt(company, scope, [...path, 'company']));
  return [{ name, company: owner, value: parts.map(escaped).join('/') }];
}

function mayBeMissing(value: Single): boolean {
  return value.kind === 'formula' && value.onMissing === 'omit';
}

/** So that `a/b` and `c` is another claim than `a` and `b/c`. */
function escaped(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('/', '%2F');
}
