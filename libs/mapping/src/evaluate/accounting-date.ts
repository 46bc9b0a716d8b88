import { type Criterion, inBoth, type LookupRow, type UsedRow } from '@voucherline/contracts';
import type { Flow, Periods } from '../flow/flow.js';
import { OPEN } from '../flow/periods.js';
import { isMasterData } from '../lookups/lookups.js';
import { MappingProblem } from './problem.js';
import type { Dates, FlowScope } from './run.js';
import { valueAt } from './single.js';

const PATH = ['accountingDate'];

/**
 * The day of the document by the flow's formula, and the voucher's: a person's day takes its place, or a closed period moves it. Look-ups
 * are made as of the document's day, so that moving a voucher does not change what it is booked to.
 * @param chosen a person's
 */
export function datesOf({ accountingDate: { value, periods } }: Flow, scope: FlowScope, chosen?: string): Dates {
  const lookupDay = documentDay(() => valueAt(value, scope, PATH) as string, chosen);
  const day = chosen ?? lookupDay;
  if (periods === undefined) return { accountingDate: day, lookupDay };
  const table = new PeriodTable(periods.table, scope, lookupDay);
  if (table.isOpen(monthOf(day))) return { accountingDate: day, lookupDay };
  return { accountingDate: chosen === undefined ? moved(day, periods, table) : table.refuse(day), lookupDay };
}

/** A person may give a day because the form has none; then there is no other. */
function documentDay(evaluate: () => string, chosen: string | undefined): string {
  try {
    return evaluate();
  } catch (error) {
    const hasNone = error instanceof MappingProblem && (error.isMissing || error.what === 'not-a-date');
    if (chosen === undefined || !hasNone) throw error;
    return chosen;
  }
}

function moved(day: string, { closed }: Periods, table: PeriodTable): string {
  switch (closed) {
    case 'nextOpen':
      return table.nextOpen(monthOf(day)) ?? table.refuse(day);
    case 'park':
      return table.refuse(day);
    case 'ask':
      return table.ask(day);
  }
}

function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** A table of months, of which those that are open are listed as such. */
class PeriodTable {
  readonly #name: string;
  readonly #scope: FlowScope;
  readonly #day: string;

  constructor(name: string, scope: FlowScope, day: string) {
    this.#name = name;
    this.#scope = scope;
    this.#day = day;
  }

  isOpen(month: string): boolean {
    const rows = this.#rows([{ column: 'period', value: month }]);
    return rows.length > 0 && rows.every(({ columns }) => columns.status === OPEN);
  }

  /** The first day of the next month that is open. */
  nextOpen(month: string): string | undefined {
    const open = this.#find([{ column: 'status', value: OPEN }]).map(({ columns }) => columns.period ?? '');
    const next = open.filter((one) => one > month).sort();
    const found = next.find((one) => this.isOpen(one));
    return found && `${found}-01`;
  }

  refuse(day: string): never {
    const month = monthOf(day);
    throw this.#problem(
      'period-closed',
      month,
      inBoth(`the period ${month} is closed or not listed in ${this.#name}`, `会计期间 ${month} 已结账或未列入该表`),
      this.#mend(month),
    );
  }

  ask(day: string): never {
    const month = monthOf(day);
    const nextStep = inBoth(
      'Choose the day it is booked on: `voucherline parked release <id> --replan --date <yyyy-MM-dd> --reason "…"`.',
      '请指定记账日期，并执行上述命令。',
    );
    throw this.#problem(
      'period-ask',
      month,
      inBoth(
        `the period ${month} is closed, and a person has to say where it goes`,
        `会计期间 ${month} 已结账，须人工指定记账日期`,
      ),
      nextStep,
    );
  }

  #mend(month: string): string {
    const where = isMasterData(this.#name) ? this.#name : `tables/${this.#name}.csv`;
    const release = `voucherline parked release --cause mapping.period-closed:${month}`;
    return inBoth(
      `Open ${month} in ${where} (status open) and publish, with \`from\` not after the approval, or book it in another period by \`--replan --date\`; then \`${release}\`.`,
      `请在 ${where} 中打开会计期间 ${month}（status 为 open）并发布（\`from\` 不晚于审批结束日），然后执行上述命令放行；或用 \`--replan --date\` 记入其他会计期间。`,
    );
  }

  #problem(what: 'period-closed' | 'period-ask', cause: string, subject: string, nextStep: string): MappingProblem {
    return new MappingProblem(what, PATH, subject, { cause, nextStep });
  }

  /** Rows that decided are recorded. */
  #rows(criteria: readonly Criterion[]): readonly LookupRow[] {
    const rows = this.#find(criteria);
    for (const row of rows) this.#scope.evaluation.use(this.#used(criteria, row));
    return rows;
  }

  #used(criteria: readonly Criterion[], { columns, validFrom, validTo }: LookupRow): UsedRow {
    return {
      table: this.#name,
      criteria: Object.fromEntries(criteria.map(({ column, value }) => [column, value])),
      day: this.#day,
      row: columns,
      ...(validFrom !== undefined && { validFrom }),
      ...(validTo !== undefined && { validTo }),
    };
  }

  #find(criteria: readonly Criterion[]): readonly LookupRow[] {
    const found = this.#scope.evaluation.lookups.find(this.#name, criteria, this.#day);
    if (found.kind === 'rows') return found.rows;
    const what = found.kind === 'pending' ? 'table-pending' : 'unknown-table';
    throw new MappingProblem(what, PATH, `table "${this.#name}"`, { cause: this.#name });
  }
}
