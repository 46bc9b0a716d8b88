import type { Owner } from '@voucherline/contracts';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Path } from '../../file/fault.js';
import type { Criterion } from '../../lookups/lookups.js';

/** What was looked for. */
interface Asked {
  readonly table: string;
  readonly criteria: readonly Criterion[];
  readonly day: string;
}

/** Characters of the values in a code: enough to tell one cause from another. */
const MAX_CAUSE = 60;

/** No row meets the criteria: whoever keeps the table adds it, and then releases everything that waited for it. */
export function missingRow(asked: Asked, path: Path): MappingProblem {
  return problem('no-code', asked, path, `has no row for ${wanted(asked)}`, {
    codes: (file) => `Add the row to ${file} and publish, with \`from\` not after the approval`,
    masterData: (kind, connection) =>
      `Create it among the ${kind} of the system behind ${connection}; it is read by itself`,
  });
}

/** Several rows meet the criteria: which one is meant is for a person to say. */
export function ambiguousRow(asked: Asked, path: Path): MappingProblem {
  return problem('ambiguous-code', asked, path, `has several rows for ${wanted(asked)}`, {
    codes: (file) =>
      `Leave one of the rows in ${file}, or ask for more columns, and publish, with \`from\` not after the approval`,
    masterData: (kind, connection) =>
      `Leave one of them among the ${kind} of the system behind ${connection}, or ask for more columns`,
  });
}

interface Mends {
  codes(file: string): string;
  masterData(kind: string, connection: string): string;
}

function problem(
  what: 'no-code' | 'ambiguous-code',
  { table, criteria }: Asked,
  path: Path,
  words: string,
  mends: Mends,
): MappingProblem {
  const values = criteria.map(({ value }) => value.replaceAll(/\s+/g, ' ')).join('+');
  const cause = `${table}:${Array.from(values).slice(0, MAX_CAUSE).join('')}`;
  const [connection, kind] = table.split('/');
  const isCodes = connection === undefined || kind === undefined;
  const owner: Owner = isCodes ? 'finance' : 'administrator';
  const mend = isCodes ? mends.codes(`tables/${table}.csv`) : mends.masterData(kind, connection);
  const nextStep = `${mend}; then \`voucherline parked release --cause 'mapping.${what}:${cause}'\`.`;
  return new MappingProblem(what, path, `table "${table}" ${words}`, { cause, owner, nextStep });
}

function wanted({ criteria, day }: Asked): string {
  return `${criteria.map(({ column, value }) => `${column} = ${value}`).join(', ')} on ${day}`;
}
