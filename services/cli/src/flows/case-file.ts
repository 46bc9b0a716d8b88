import { basename } from 'node:path';
import type { ExclusiveValue, FormField, LookupRow, Lookups, Person, UsedRow } from '@voucherline/contracts';
import { type Checked, type Cursor, checkFile, type Flow, type MappedApproval } from '@voucherline/mapping';
import { tablesOf } from './case-tables.js';

/** An approval with what a flow is expected to make of it: one file in a flow's `cases`. */
export interface FlowCase {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly approval: MappedApproval;
  readonly masterData: Lookups;
  /** Tables of master data that the case names, `<connection>/<kind>`. */
  readonly tables: readonly string[];
  /** As if a person had given it. */
  readonly accountingDate?: string;
  readonly expect: Expectation;
}

export type Expectation =
  | { readonly kind: 'voucher'; readonly voucher: ExpectedVoucher }
  /** The code, or its beginning up to a colon. */
  | { readonly kind: 'parked'; readonly cause: string }
  | { readonly kind: 'skipped' };

/** What is there has to be equal; what is not there is not compared. */
export interface ExpectedVoucher {
  readonly accountingDate?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly payee?: string;
  readonly payload?: unknown;
  readonly exclusive?: readonly ExclusiveValue[];
  readonly lookups?: readonly Partial<UsedRow>[];
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/;
const INSTANT_WORDS = 'a day with its time and zone, such as 2026-11-20T10:00:00+08:00';
const DAY = /\d{4}-\d\d-\d\d/;
const DAY_WORDS = 'a day such as 2026-12-01';

/** Checks a case file. Every fault names file, line, column, field and mend. */
export function checkCase(text: string, file: string, flow: Flow): Checked<FlowCase> {
  return checkFile(text, file, (top) => readCase(top, basename(file).replace(/\.ya?ml$/, ''), flow));
}

function readCase(at: Cursor, name: string, flow: Flow): FlowCase | undefined {
  const top = at.members(['title', 'approval', 'expect'], ['masterData', 'accountingDate']);
  const title = top?.title && readTitle(top.title);
  const approval = top?.approval && readApproval(top.approval, flow);
  const expect = top?.expect && readExpectation(top.expect);
  const tables = top?.masterData === undefined ? new Map() : readMasterData(top.masterData);
  const accountingDate = top?.accountingDate?.text(DAY, DAY_WORDS);
  if (title === undefined || approval === undefined || expect === undefined) return undefined;
  return {
    ...{ name, title, approval, expect, masterData: tablesOf(tables), tables: [...tables.keys()] },
    ...(accountingDate !== undefined && { accountingDate }),
  };
}

function readTitle(at: Cursor): string | undefined {
  if (typeof at.value === 'string') return at.text();
  const { en, zh } = at.members(['en', 'zh']) ?? {};
  const titles = [en?.text(), zh?.text()];
  return titles.includes(undefined) ? undefined : titles.join(' ');
}

function readApproval(at: Cursor, { source }: Flow): MappedApproval | undefined {
  const members = at.members(['businessId', 'title', 'approvedAt', 'originator', 'form'], ['kind']);
  const businessId = members?.businessId?.text();
  const title = members?.title?.text();
  const kind = members?.kind === undefined ? source.kinds[0] : members.kind.oneOf(source.kinds);
  const approvedAt = members?.approvedAt && readInstant(members.approvedAt);
  const originator = members?.originator && readOriginator(members.originator);
  const form = members?.form && readFields(members.form);
  if (businessId === undefined || title === undefined || kind === undefined) return undefined;
  if (approvedAt === undefined || originator === undefined || form === undefined) return undefined;
  return { connection: source.connection, kind, businessId, title, originator, approvedAt, form };
}

function readInstant(at: Cursor): string | undefined {
  const text = at.text(INSTANT, INSTANT_WORDS);
  if (text === undefined || !Number.isNaN(Date.parse(text))) return text;
  return at.fault(`"${text}" is on no calendar`, 'Write an instant that exists.');
}

function readOriginator(at: Cursor): Person | undefined {
  const members = at.members(['userId'], ['departmentId', 'departmentName']);
  const userId = members?.userId?.text();
  const departmentId = members?.departmentId?.text();
  const departmentName = members?.departmentName?.text();
  return userId === undefined
    ? undefined
    : {
        userId,
        ...(departmentId !== undefined && { departmentId }),
        ...(departmentName !== undefined && { departmentName }),
      };
}

/** The name of a field stands for its id too, so that flows may name it either way. */
function readFields(at: Cursor): readonly FormField[] | undefined {
  return at.entries()?.flatMap(([name, value]) => readField(name, value) ?? []);
}

function readField(name: string, at: Cursor): FormField | undefined {
  const field = { id: name, name, type: 'case' };
  if (at.value === null) return { ...field, value: null };
  if (Array.isArray(at.value)) {
    const rows = at.items()?.flatMap((row) => [readRow(row)]);
    return { ...field, value: null, rows: rows ?? [] };
  }
  const value = plainText(at);
  return value === undefined ? undefined : { ...field, value };
}

function readRow(at: Cursor): readonly FormField[] {
  const columns = at.entries() ?? [];
  return columns.flatMap(([name, value]) => {
    if (Array.isArray(value.value)) {
      return (
        value.fault('a list in a row', 'Rows hold texts; write several choices as the form holds them, as text.') ?? []
      );
    }
    return readField(name, value) ?? [];
  });
}

/** Text that may be empty. Forms hold texts only, and YAML would change codes and amounts that it takes for numbers. */
function plainText(at: Cursor): string | undefined {
  if (typeof at.value === 'string') return at.value;
  return at.fault(
    `${JSON.stringify(at.value)} is no text`,
    'Put it into quotes, e.g. "100.00": YAML takes it for something else and drops zeros of codes and amounts.',
  );
}

function readMasterData(at: Cursor): ReadonlyMap<string, readonly LookupRow[]> {
  const tables = at.entries()?.map(([table, rows]) => {
    if (!/^[^/]+\/[^/]+$/.test(table)) {
      rows.fault(
        `"${table}" is no master data`,
        'Name it <connection>/<kind>; code tables are read from the flow’s `tables`.',
      );
    }
    return [table, rows.items()?.flatMap((row) => readLookupRow(row) ?? []) ?? []] as const;
  });
  return new Map(tables);
}

function readLookupRow(at: Cursor): LookupRow | undefined {
  const columns: Record<string, string> = {};
  const days: { validFrom?: string; validTo?: string } = {};
  for (const [name, value] of at.entries() ?? []) {
    const isDay = name === 'valid_from' || name === 'valid_to';
    const text = isDay ? value.text(DAY, DAY_WORDS) : plainText(value);
    if (text === undefined) continue;
    if (isDay) days[name === 'valid_from' ? 'validFrom' : 'validTo'] = text;
    else columns[name] = text;
  }
  return { columns, ...days };
}

function readExpectation(at: Cursor): Expectation | undefined {
  const { voucher, parked, skipped } = at.members([], ['voucher', 'parked', 'skipped']) ?? {};
  const said = [voucher, parked, skipped].filter((one) => one !== undefined);
  if (said.length !== 1) {
    return at.fault(
      said.length === 0 ? 'nothing is expected' : 'more than one outcome is expected',
      'Write exactly one of `voucher`, `parked`, `skipped`.',
    );
  }
  if (voucher !== undefined) {
    const expected = readVoucher(voucher);
    return expected && { kind: 'voucher', voucher: expected };
  }
  if (parked !== undefined) {
    const cause = parked.text();
    return cause === undefined ? undefined : { kind: 'parked', cause };
  }
  return skipped?.value === true ? { kind: 'skipped' } : skipped?.fault('expected `true`', 'Write `skipped: true`.');
}

function readVoucher(at: Cursor): ExpectedVoucher | undefined {
  const all = ['accountingDate', 'amount', 'currency', 'payee', 'payload', 'exclusive', 'lookups'] as const;
  const members = at.members([], all);
  if (members === undefined) return undefined;
  const said = all.filter((name) => members[name] !== undefined);
  if (said.length === 0) return at.fault('nothing is expected of the voucher', `Write one of ${all.join(', ')}.`);
  const texts = (['accountingDate', 'amount', 'currency', 'payee'] as const).flatMap((name) => {
    const value = members[name] && plainText(members[name]);
    return value === undefined ? [] : [[name, value]];
  });
  const values = (['payload', 'exclusive', 'lookups'] as const).flatMap((name) => {
    const member = members[name];
    if (member === undefined) return [];
    refuseNumbers(member);
    return [[name, member.value]];
  });
  return Object.fromEntries([...texts, ...values]) as ExpectedVoucher;
}

/** What flows write is text, true, false or null: a number in an expectation would never be met. */
function refuseNumbers(at: Cursor): void {
  if (typeof at.value === 'number') plainText(at);
  else if (Array.isArray(at.value)) at.items()?.forEach(refuseNumbers);
  else if (at.value !== null && typeof at.value === 'object')
    for (const [, value] of at.entries() ?? []) refuseNumbers(value);
}
