import { Decimal } from 'decimal.js';
import { collated, type DocumentStore, type StoredDocument } from '../documents/index.js';
import { asText, type JsonObject, jsonNumber, member } from '../json.js';
import { GalaxyRefusal } from '../reply.js';
import { baseDataDocuments, baseDataForm } from './base-data-documents.js';
import { type Column, columnOf, type Line } from './columns.js';
import { type Filter, fieldsOf, parseFilter } from './filter.js';

const MOST_ROWS = 10_000;

interface Query {
  readonly keys: readonly string[];
  readonly columns: readonly Column[];
  readonly filter: Filter | undefined;
  readonly fieldOf: ReadonlyMap<string, Column>;
}

/**
 * Runs a query (kingdee.md §5.1): rows of `FieldKeys` values. Header values repeat for each row of the entry that the
 * query names. `TopRowCount` is an absolute end row. Documents made after `madeUntil` are not seen. Base data is queried the same.
 */
export function runQuery(
  data: JsonObject,
  store: DocumentStore,
  { utcOffsetMinutes, madeUntil }: { readonly utcOffsetMinutes: number; readonly madeUntil: number },
): { keys: readonly string[]; rows: unknown[][] } {
  const text = (name: string) => asText(member(data, name)) ?? '';
  const bills = store.forms.get(text('FormId'));
  const form = bills ?? baseDataForm(text('FormId'), store.baseData);
  if (form === undefined) throw new GalaxyRefusal(4, '业务对象不存在');
  const context = { form, baseData: store.baseData, utcOffsetMinutes };
  const keys = text('FieldKeys')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (keys.length === 0) throw new GalaxyRefusal(8, 'FieldKeys不能为空');
  const filter = parseFilter(text('FilterString'));
  const query: Query = {
    keys,
    columns: keys.map((key) => columnOf(key, context)),
    filter,
    fieldOf: new Map(fieldsOf(filter).map((field) => [field, columnOf(field, context)])),
  };

  const found = bills === undefined ? baseDataDocuments(form.id, store.baseData) : billsOf(filter, form.id, store);
  const documents = found.filter(({ createdAt }) => createdAt <= madeUntil);
  const order = orderOf(text('OrderString') || `${form.primaryKey} ASC`, (key) => columnOf(key, context));
  const lines = linesOf(documents, query).filter((line) => filter === undefined || matches(filter, line, query));
  lines.sort(order);
  const window = windowOf(lines.length, text('StartRow'), text('Limit'), text('TopRowCount'));
  const rows = lines.slice(...window).map((line) => query.columns.map((column) => shown(column, line)));
  return { keys, rows };
}

function billsOf(filter: Filter | undefined, form: string, store: DocumentStore): StoredDocument[] {
  const ids = filter === undefined ? undefined : candidatesOf(filter, form, store);
  return ids === undefined ? store.all(form) : store.pick(form, ids);
}

/** Documents by rows of the one entry that is named; without one a line each. */
function linesOf(documents: readonly StoredDocument[], { columns, fieldOf }: Query): Line[] {
  const entities = new Set([...columns, ...fieldOf.values()].map(({ entity }) => entity));
  entities.delete(undefined);
  if (entities.size > 1) throw new GalaxyRefusal(4, '沙箱不支持同时查询多个单据体');
  const [entity] = entities;
  return documents.flatMap((document): Line[] => {
    const rows = entity === undefined ? [] : (document.entries[entity] ?? []);
    return rows.length === 0 ? [{ document, row: undefined }] : rows.map((row) => ({ document, row }));
  });
}

/** Ids that can match, by indexed fields; undefined where only looking at all tells. */
function candidatesOf(filter: Filter, form: string, store: DocumentStore): ReadonlySet<string> | undefined {
  if (filter.kind === 'compare')
    return filter.operator === '=' ? idsOf(filter.field, filter.value, form, store) : undefined;
  if (filter.kind === 'in') {
    if (filter.negated) return undefined;
    return union(filter.values.map((value) => idsOf(filter.field, value, form, store)));
  }
  if (filter.kind === 'like') return undefined;
  const parts = filter.parts.map((part) => candidatesOf(part, form, store));
  if (filter.kind === 'or') return union(parts);
  const known = parts.filter((part) => part !== undefined);
  return known.sort((a, b) => a.size - b.size)[0];
}

function idsOf(field: string, value: string, form: string, store: DocumentStore): ReadonlySet<string> | undefined {
  const isKey = field.toLowerCase() === store.forms.get(form)?.primaryKey.toLowerCase();
  return isKey ? new Set([value]) : store.candidates(form, field, value);
}

function union(sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const id of set) all.add(id);
  }
  return all;
}

function matches(filter: Filter, line: Line, query: Query): boolean {
  if ('parts' in filter) {
    const holds = (part: Filter) => matches(part, line, query);
    return filter.kind === 'and' ? filter.parts.every(holds) : filter.parts.some(holds);
  }
  const column = query.fieldOf.get(filter.field) as Column;
  const text = column.text(line);
  if (filter.kind === 'like') return likePattern(filter.pattern).test(text) !== filter.negated;
  if (filter.kind === 'in') return filter.values.some((value) => compare(column, text, value) === 0) !== filter.negated;
  const sign = compare(column, text, filter.value);
  const tests = { '=': sign === 0, '<>': sign !== 0, '>=': sign >= 0, '<=': sign <= 0, '>': sign > 0, '<': sign < 0 };
  return tests[filter.operator];
}

function compare({ kind }: Column, a: string, b: string): number {
  if (kind === 'number') return isNumber(a) && isNumber(b) ? new Decimal(a).cmp(b) : a === b ? 0 : -1;
  const [left, right] = kind === 'date' ? [midnight(a), midnight(b)] : [collated(a), collated(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text);
const midnight = (date: string) => (date.length === 10 ? `${date}T00:00:00` : date.replace(' ', 'T'));

function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'is');
}

function orderOf(text: string, column: (key: string) => Column): (a: Line, b: Line) => number {
  const terms = text.split(',').map((term) => {
    const [key = '', direction = 'asc'] = term.trim().split(/\s+/);
    return { column: column(key), sign: direction.toLowerCase() === 'desc' ? -1 : 1 };
  });
  return (a, b) => {
    for (const { column: by, sign } of terms) {
      const order = compare(by, by.text(a), by.text(b));
      if (order !== 0) return order * sign;
    }
    return 0;
  };
}

function windowOf(rows: number, startRow: string, limit: string, topRowCount: string): [number, number] {
  const start = Number(startRow || 0);
  const size = Math.min(Number(limit || 0) || MOST_ROWS, MOST_ROWS);
  const end = Number(topRowCount || 0) || rows;
  return [start, Math.min(start + size, end)];
}

function shown(column: Column, line: Line): unknown {
  const text = column.text(line);
  if (column.kind === 'number') return text === '' ? 0 : jsonNumber(text);
  if (column.kind === 'date') return text === '' ? null : midnight(text);
  return text;
}
