import type { UsedRow } from '@voucherline/contracts';
import { type Path, pathText, type TracedField } from '@voucherline/mapping';
import type { CommandContext } from '../command.js';
import { leavesOf, shown } from './differences.js';
import type { ShownVoucher } from './outcome.js';

/** Each field of a voucher with its value and where it came from. */
export function sayFields(voucher: ShownVoucher, trace: readonly TracedField[], context: CommandContext): void {
  const { exclusive = [], ...fields } = voucher;
  for (const { path, value } of leavesOf(fields)) {
    context.say(`  ${pathText(path)} = ${shown(value)}`);
    sayTraced(tracedAt(trace, path), context);
  }
  for (const { name, company, value } of exclusive) {
    context.say(`  booked once only 唯一: ${name} ${value} (company 公司 ${company})`);
  }
  // A claim is joined of several values, and rows may give several claims.
  for (const field of trace.filter(({ path }) => path.startsWith('exclusive['))) {
    context.say(`  ${field.path} = ${shown(field.value)}`);
    sayTraced(field, context);
  }
}

/** What a trace knows of a field: the rule of the place itself, or of the nearest thing around it. */
function tracedAt(trace: readonly TracedField[], path: Path): TracedField | undefined {
  const own = path[0] === 'payee' ? ['expect', ...path] : path;
  const places = own.map((_, index) => pathText(own.slice(0, own.length - index)));
  return places.map((place) => trace.find((field) => field.path === place)).find((field) => field !== undefined);
}

/** Rule, look-up rows and source fields with their raw values, below the field they belong to. */
function sayTraced(field: TracedField | undefined, context: CommandContext): void {
  if (field === undefined) return;
  context.say(`    rule 规则            ${field.rule}`);
  for (const row of field.lookups) context.say(`    look-up 查表         ${usedRow(row)}`);
  for (const { name, row, value } of field.reads) {
    context.say(`    source field 来源字段 ${row === undefined ? name : `${name} (row 第 ${row} 行)`}`);
    context.say(`    raw value 原值       ${value === null ? 'left blank 未填写' : shown(value)}`);
  }
}

/** A row that was used: table, what was looked for and on which day, all its columns, and how long it counts. */
function usedRow({ table, criteria, day, row, validFrom, validTo }: UsedRow): string {
  const valid =
    validFrom === undefined && validTo === undefined ? '' : ` (valid 有效期 ${validFrom ?? '…'} – ${validTo ?? '…'})`;
  return `${table}: ${pairs(criteria)}, on 日期 ${day} → ${pairs(row)}${valid}`;
}

function pairs(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([column, value]) => `${column} = ${shown(value)}`)
    .join(', ');
}
