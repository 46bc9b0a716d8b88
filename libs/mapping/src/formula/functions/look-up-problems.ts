import { type Criterion, inBoth, type Owner } from '@voucherline/contracts';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Path } from '../../file/fault.js';

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
  return problem('no-code', asked, path, inBoth(`has no row for ${wanted(asked)}`, '没有符合条件的行'), {
    codes: (file) => ({
      en: `Add the row to ${file} and publish, with \`from\` not after the approval`,
      zh: `请在编码表 ${file} 中补充该行并发布（\`from\` 不晚于审批结束日）`,
    }),
    masterData: (kind, connection) => ({
      en: `Create it among the ${kind} of the system behind ${connection}; it is read within the hour, or at once by \`voucherline master-data pull ${connection}/${kind} --reason …\``,
      zh: `请在 ${connection} 所连系统的主数据 ${kind} 中新增该项（一小时内自动读取，或用上述 master-data pull 命令立即读取）`,
    }),
  });
}

/** Several rows meet the criteria: which one is meant is for a person to say. */
export function ambiguousRow(asked: Asked, path: Path): MappingProblem {
  return problem('ambiguous-code', asked, path, inBoth(`has several rows for ${wanted(asked)}`, '有多行符合条件'), {
    codes: (file) => ({
      en: `Leave one of the rows in ${file}, or ask for more columns, and publish, with \`from\` not after the approval`,
      zh: `请在编码表 ${file} 中只保留其中一行，或增加查找条件，并发布（\`from\` 不晚于审批结束日）`,
    }),
    masterData: (kind, connection) => ({
      en: `Leave one of them among the ${kind} of the system behind ${connection}, or ask for more columns`,
      zh: `请在 ${connection} 所连系统的主数据 ${kind} 中只保留其中一项，或增加查找条件`,
    }),
  });
}

interface Mend {
  readonly en: string;
  readonly zh: string;
}

interface Mends {
  codes(file: string): Mend;
  masterData(kind: string, connection: string): Mend;
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
  const { en, zh } = isCodes ? mends.codes(`tables/${table}.csv`) : mends.masterData(kind, connection);
  const release = `voucherline parked release --cause 'mapping.${what}:${cause}'`;
  const nextStep = inBoth(`${en}; then \`${release}\`.`, `${zh}，然后执行上述命令放行。`);
  return new MappingProblem(what, path, `table "${table}" ${words}`, { cause, owner, nextStep });
}

function wanted({ criteria, day }: Asked): string {
  return `${criteria.map(({ column, value }) => `${column} = ${value}`).join(', ')} on ${day}`;
}
