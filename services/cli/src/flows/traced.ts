import type { UsedRow } from '@voucherline/contracts';
import { type Path, pathText } from '@voucherline/mapping';
import type { CommandContext } from '../command.js';
import { shown } from './differences.js';
import type { TracedField } from './engine.js';

/** What a trace knows of a field: the rule of the place itself, or of the nearest thing around it. */
export function tracedAt(trace: readonly TracedField[], path: Path): TracedField | undefined {
  const places = path.map((_, index) => pathText(path.slice(0, path.length - index)));
  for (const place of places) {
    const found = trace.find((field) => field.path === place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Rule, look-up rows and source fields with their raw values, below the field they belong to. */
export function sayTraced(field: TracedField | undefined, context: CommandContext): void {
  if (field === undefined) {
    context.say('    rule 规则            as the flow writes it 流程中的固定值');
    return;
  }
  context.say(`    rule 规则            ${field.rule}`);
  for (const row of field.lookups) context.say(`    look-up 查表         ${usedRow(row)}`);
  for (const { name, row, value } of field.reads) {
    context.say(`    source field 来源字段 ${row === undefined ? name : `${name} (row 第 ${row} 行)`}`);
    context.say(`    raw value 原值       ${value === null ? 'left blank 未填写' : shown(value)}`);
  }
}

/** A row that was used: table, what was looked for and on which day, all its columns, and how long it counts. */
export function usedRow({ table, criteria, day, row, validFrom, validTo }: UsedRow): string {
  const valid =
    validFrom === undefined && validTo === undefined ? '' : ` (valid 有效期 ${validFrom ?? '…'} – ${validTo ?? '…'})`;
  return `${table}: ${pairs(criteria)}, on 日期 ${day} → ${pairs(row)}${valid}`;
}

function pairs(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([column, value]) => `${column} = ${shown(value)}`)
    .join(', ');
}
