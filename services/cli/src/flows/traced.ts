import type { UsedRow } from '@voucherline/contracts';
import { type FieldRead, type Path, pathText, type TracedField } from '@voucherline/mapping';
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

/** Rule, look-up rows and source fields with their raw values, each once, below the field they belong to. */
function sayTraced(field: TracedField | undefined, context: CommandContext): void {
  if (field === undefined) return;
  const isLiteral = !field.rule.startsWith('=');
  context.say(`    rule 规则             ${isLiteral ? 'fixed in the flow 固定值' : field.rule}`);
  for (const row of new Set(field.lookups.map(usedRow))) context.say(`    look-up 查表          ${row}`);
  for (const read of new Set(field.reads.map(sourceField))) context.say(`    source field 来源字段 ${read}`);
}

function sourceField({ name, row, value, rows }: FieldRead): string {
  const place = row === undefined ? name : `${name} (row 第 ${row} 行)`;
  if (rows !== undefined) return `${place}: ${rows} rows 共 ${rows} 行`;
  return `${place}, raw value 原值: ${value === null ? 'left blank 未填写' : shown(value)}`;
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
