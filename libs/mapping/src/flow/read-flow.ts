import type { Cursor } from '../file/cursor.js';
import {
  type Condition,
  type CurrencyRule,
  type Exclusive,
  type Flow,
  NORMALISATIONS,
  type Normalisation,
  type Value,
} from './flow.js';
import { given, readDateRule, readSingleValue, readTree, readValue } from './read-value.js';

/** Names of flows, vouchers, connections and operations: they stand in paths, keys and file names. */
export const NAME = /[a-z0-9]+(-[a-z0-9]+)*/;
export const NAME_WORDS = 'a name of small letters, digits and single hyphens';

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/;
const CURRENCY = /[A-Z]{3}/;
const PATIENCE = /([1-9]\d{0,3})(m|h|d)/;
const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

/** Reads a flow from a file's or a message's content. Faults are noted at the cursor. */
export function readFlow(at: Cursor): Flow | undefined {
  const top = at.members(
    ['name', 'title', 'source', 'voucher', 'accountingDate', 'amount', 'payload'],
    ['when', 'from', 'writeBack', 'reversalWriteBack', 'expect', 'alongside', 'exclusive'],
  );
  if (top === undefined) return undefined;
  const from = top.from?.text(INSTANT, 'an instant such as 2026-01-01T00:00:00+08:00');
  const writeBack = top.writeBack && readWriteBack(top.writeBack);
  const reversalWriteBack = top.reversalWriteBack && readWriteBack(top.reversalWriteBack);
  const flow = given({
    name: top.name?.text(NAME, NAME_WORDS),
    title: top.title && readTitle(top.title),
    source: top.source && readSource(top.source),
    when: top.when === undefined ? [] : readWhen(top.when),
    voucher: top.voucher && readVoucher(top.voucher),
    accountingDate: top.accountingDate && readDateRule(top.accountingDate),
    amount: top.amount && readAmount(top.amount),
    expect: top.expect === undefined ? {} : readExpect(top.expect),
    payload: top.payload && readTree(top.payload),
    alongside: top.alongside === undefined ? [] : top.alongside.texts(NAME, NAME_WORDS),
    exclusive: top.exclusive === undefined ? [] : readExclusives(top.exclusive),
  });
  if (from !== undefined && Number.isNaN(Date.parse(from))) {
    return top.from?.fault(`"${from}" is on no calendar`, 'Write an instant that exists.');
  }
  return (
    flow && {
      ...flow,
      ...(from !== undefined && { from }),
      ...(writeBack !== undefined && { writeBack }),
      ...(reversalWriteBack !== undefined && { reversalWriteBack }),
    }
  );
}

function readTitle(at: Cursor) {
  const { en, zh } = at.members(['en', 'zh']) ?? {};
  return given({ en: en?.text(), zh: zh?.text() });
}

function readSource(at: Cursor) {
  const { connection, kinds } = at.members(['connection', 'kinds']) ?? {};
  return given({ connection: connection?.text(NAME, NAME_WORDS), kinds: kinds?.texts() });
}

function readWhen(at: Cursor): readonly Condition[] | undefined {
  return at.items()?.flatMap((item) => {
    const { field, equals } = item.members(['field', 'equals']) ?? {};
    return given({ field: field?.text(), equals: equals?.text() }) ?? [];
  });
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

function readAmount(at: Cursor) {
  const { field, currency } = at.members(['field', 'currency']) ?? {};
  return given({ field: field?.text(), currency: currency && readCurrency(currency) });
}

function readCurrency(at: Cursor): CurrencyRule | undefined {
  if (typeof at.value === 'string') {
    return given({ kind: 'const', currency: at.text(CURRENCY, 'a currency of three capitals such as CNY') });
  }
  const { field } = at.members(['field']) ?? {};
  return given({ kind: 'field', field: field?.text() });
}

function readExpect(at: Cursor): Flow['expect'] | undefined {
  const { payee } = at.members([], ['payee']) ?? {};
  if (payee === undefined) return {};
  return given({ payee: readValue(payee) });
}

function readWriteBack(at: Cursor): string | undefined {
  const text = at.text();
  if (text === undefined || text.includes('{number}')) return text;
  return at.fault('the text does not hold the voucher number', 'Put `{number}` where it belongs.');
}

function readExclusives(at: Cursor): Flow['exclusive'] | undefined {
  const exclusives = at.items()?.map(readExclusive);
  return exclusives?.includes(undefined) ? undefined : (exclusives as Flow['exclusive'] | undefined);
}

function readExclusive(at: Cursor): Exclusive | undefined {
  const { name, company, values, normalise } = at.members(['name', 'company', 'values'], ['normalise']) ?? {};
  const parts = values?.items()?.map(readSingleValue);
  if (parts?.length === 0) values?.fault('the list is empty', 'Name at least one value.');
  return given({
    name: name?.text(NAME, NAME_WORDS),
    company: company?.text(),
    values: parts?.includes(undefined) ? undefined : (parts as Value[] | undefined),
    normalise: normalise === undefined ? [] : readNormalisations(normalise),
  });
}

function readNormalisations(at: Cursor): readonly Normalisation[] | undefined {
  const read = at.items()?.map((item) => item.oneOf(NORMALISATIONS));
  return read?.includes(undefined) ? undefined : (read as Normalisation[] | undefined);
}
