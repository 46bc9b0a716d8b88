import { type Cursor, isObject } from '../file/cursor.js';
import { TableLookups } from '../tables/table-lookups.js';
import type { Tables } from '../tables/tables.js';
import { type Check, type Exclusive, type Flow, WHEN_CLOSED, type Words } from './flow.js';
import { given, givenAll } from './given.js';
import { NameSpace } from './name-space.js';
import { checkPeriods } from './periods.js';
import { isFormula, ONE_TEXT, readSingle } from './read-single.js';
import { readCondition, readPayload } from './read-template.js';

/** Names of flows, vouchers, connections and operations: they stand in paths, keys and file names. */
export const NAME = /[a-z0-9]+(-[a-z0-9]+)*/;
export const NAME_WORDS = 'a name of small letters, digits and single hyphens';

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/;
const CURRENCY = /[A-Z]{3}/;
const PATIENCE = /([1-9]\d{0,3})(m|h|d)/;
const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

const REQUIRED = ['name', 'title', 'source', 'voucher', 'accountingDate', 'amount', 'currency', 'payload'] as const;
const OPTIONAL = [
  ...(['when', 'from', 'writeBack', 'reversalWriteBack', 'alongside'] as const),
  ...(['let', 'expect', 'checks', 'exclusive'] as const),
] as const;
type Top = { readonly [M in (typeof REQUIRED)[number] | (typeof OPTIONAL)[number]]?: Cursor };

/** Reads a flow from a file's or a message's content. Faults are noted at the cursor. */
export function readFlow(at: Cursor, tables: Tables): Flow | undefined {
  const top = at.members(REQUIRED, OPTIONAL);
  if (top === undefined) return undefined;
  const lookups: Flow['lookups'][number][] = [];
  const space = NameSpace.ofFlow(top.let, { tables, lookups });
  const head = readHead(top);
  const rules = readRules(top, space, tables);
  const named = space.named();
  const periods = rules?.accountingDate.periods;
  if (periods !== undefined) {
    const columns = ['period', 'status'];
    lookups.push({ table: periods.table, columns, path: ['accountingDate', 'periods'] });
  }
  const own = [...new Set(lookups.map(({ table }) => table))].flatMap((name) => tables.table(name) ?? []);
  return head && rules && { ...head, ...rules, named, lookups, tables: new TableLookups(own) };
}

/** What is plain text. */
function readHead(top: Top) {
  const required = given({
    name: top.name?.text(NAME, NAME_WORDS),
    title: top.title && readWords(top.title),
    source: top.source && readSource(top.source),
    voucher: top.voucher && readVoucher(top.voucher),
    alongside: top.alongside === undefined ? [] : top.alongside.texts(NAME, NAME_WORDS),
  });
  const from = top.from && readInstant(top.from);
  const writeBack = top.writeBack && readWriteBack(top.writeBack);
  const reversalWriteBack = top.reversalWriteBack && readWriteBack(top.reversalWriteBack);
  return (
    required && {
      ...required,
      ...(from !== undefined && { from }),
      ...(writeBack !== undefined && { writeBack }),
      ...(reversalWriteBack !== undefined && { reversalWriteBack }),
    }
  );
}

/** What is made of an approval. */
function readRules(top: Top, space: NameSpace, tables: Tables) {
  const when = top.when && readCondition(top.when, space);
  const required = given({
    accountingDate: top.accountingDate && readAccountingDate(top.accountingDate, space, tables),
    amount: top.amount && readFormula(top.amount, space, 'number', '`=[金额]`'),
    currency: top.currency && readCurrency(top.currency, space),
    expect: top.expect === undefined ? {} : readExpect(top.expect, space),
    checks: top.checks === undefined ? [] : givenAll(top.checks.items()?.map((item) => readCheck(item, space))),
    exclusive:
      top.exclusive === undefined ? [] : givenAll(top.exclusive.items()?.map((item) => readExclusive(item, space))),
    payload: top.payload && readPayload(top.payload, space),
  });
  return required && { ...required, ...(when && { when }) };
}

function readWords(at: Cursor): Words | undefined {
  const { en, zh } = at.members(['en', 'zh']) ?? {};
  return given({ en: en?.text(), zh: zh?.text() });
}

function readSource(at: Cursor) {
  const { connection, kinds } = at.members(['connection', 'kinds']) ?? {};
  return given({ connection: connection?.text(NAME, NAME_WORDS), kinds: kinds?.texts() });
}

function readVoucher(at: Cursor) {
  const members = at.members(['name', 'target', 'operation', 'patience'], ['after']);
  const { name, target, operation, patience, after } = members ?? {};
  return given({
    name: name?.text(NAME, NAME_WORDS),
    target: target?.text(NAME, NAME_WORDS),
    operation: operation?.text(NAME, NAME_WORDS),
    patienceSeconds: patience && readPatience(patience),
    after: after === undefined ? [] : after.texts(NAME, NAME_WORDS),
  });
}

function readPatience(at: Cursor): number | undefined {
  const text = at.text(PATIENCE, 'a time such as 30m, 72h or 7d');
  const [, count, unit] = PATIENCE.exec(text ?? '') ?? [];
  return count === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

function readInstant(at: Cursor): string | undefined {
  const text = at.text(INSTANT, 'a day with its time and zone, such as 2026-01-01T00:00:00+08:00');
  if (text === undefined || !Number.isNaN(Date.parse(text))) return text;
  return at.fault(`"${text}" is on no calendar`, 'Write an instant that exists.');
}

function readWriteBack(at: Cursor): string | undefined {
  const text = at.text();
  if (text === undefined || text.includes('{number}')) return text;
  return at.fault('the text does not hold the voucher number', 'Put `{number}` where it belongs.');
}

/** A formula for a day, alone or with what to do when its month is closed. */
function readAccountingDate(at: Cursor, space: NameSpace, tables: Tables): Flow['accountingDate'] | undefined {
  const day = (value: Cursor) => readFormula(value, space, 'date', '`=approval.approvedOn` or `=[日期]`', false);
  if (!isObject(at.value)) return given({ value: day(at) });
  const { value, periods, closed } = at.members(['value', 'periods', 'closed']) ?? {};
  const table = periods?.text();
  if (periods !== undefined && table !== undefined) checkPeriods(periods, table, tables);
  return given({ value: value && day(value), periods: given({ table, closed: closed?.oneOf(WHEN_CLOSED) }) });
}

function readFormula(at: Cursor, space: NameSpace, type: 'number' | 'date', example: string, dated = true) {
  if (isFormula(at)) return space.formula(at, [type], dated);
  return at.fault('this is no formula', `Write ${example}.`);
}

function readCurrency(at: Cursor, space: NameSpace): Flow['currency'] | undefined {
  if (isFormula(at)) return readSingle(at, space, { expected: ['text'], gaps: [] });
  const value = at.text(CURRENCY, 'a currency of three capitals such as CNY, or a formula');
  return value === undefined ? undefined : { kind: 'literal', value };
}

function readExpect(at: Cursor, space: NameSpace): Flow['expect'] | undefined {
  const { payee } = at.members([], ['payee']) ?? {};
  if (payee === undefined) return {};
  return given({ payee: readSingle(payee, space, { expected: ONE_TEXT, gaps: ['omit'] }) });
}

function readCheck(at: Cursor, space: NameSpace): Check | undefined {
  const { that, otherwise } = at.members(['that', 'otherwise']) ?? {};
  return given({ that: that && readCondition(that, space), otherwise: otherwise && readWords(otherwise) });
}

/** A value that stands in would make all clash that have none. */
function readExclusive(at: Cursor, space: NameSpace): Exclusive | undefined {
  const { name, company, rows, values } = at.members(['name', 'company', 'values'], ['rows']) ?? {};
  const table = rows && readTable(rows, space);
  const inside = rows === undefined ? space : space.inside(undefined, true);
  const parts = values?.items();
  if (parts?.length === 0) values?.fault('the list is empty', 'Name at least one value.');
  const read = given({
    name: name?.text(NAME, NAME_WORDS),
    company: company && readSingle(company, inside, { expected: ['text'], gaps: [] }),
    values: givenAll(parts?.map((part) => readSingle(part, inside, { expected: ONE_TEXT, gaps: ['omit'] }))),
  });
  if (read === undefined || (rows !== undefined && table === undefined)) return undefined;
  return { ...read, ...(table && { rows: table }) };
}

function readTable(at: Cursor, space: NameSpace) {
  return isFormula(at)
    ? space.formula(at, ['table'])
    : at.fault('this is no table', 'Write a formula such as `=[发票明细]`.');
}
