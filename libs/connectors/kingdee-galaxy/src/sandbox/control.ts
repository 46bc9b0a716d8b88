import { type ControlCall, ControlRefusal, type ControlRoutes } from '@voucherline/connector-kit/sandbox';
import { Decimal } from 'decimal.js';
import type { BaseRow } from './base-data.js';
import type { StoredDocument } from './documents/index.js';
import type { Galaxy } from './galaxy.js';
import { formSpec } from './operations/operation.js';
import { converted } from './operations/push.js';
import { blank, settled } from './operations/save.js';
import { isTransition, transition } from './operations/transitions.js';
import { localTime } from './query/columns.js';
import { GalaxyRefusal } from './reply.js';

const CLERK = '出纳';

/** What people in the ERP do, and what a test sets up: `/_sandbox/…`. */
export function controlRoutes(galaxy: Galaxy): ControlRoutes {
  const { store } = galaxy;
  return {
    'POST /payapply': async ({ body }) => ({ numbers: await createApplications(galaxy, body) }),
    'POST /payapply/:number/audit': async ({ params }) => {
      const application = only(store.byNumber('CN_PAYAPPLY', params.number ?? ''), params.number);
      await store.put({ ...application, status: 'C', auditedAt: Date.now(), modifiedAt: Date.now() });
    },
    'POST /push-by-hand': ({ body }) => pushByHand(galaxy, body),
    'POST /by-hand': ({ body }) => byHand(galaxy, body),
    'POST /periods': ({ body }) => {
      const period = textOf(body, 'period');
      if (!/^\d{4}-\d{2}$/.test(period)) throw new ControlRefusal(400, 'period: write it as 2024-03');
      if (body.open === false) galaxy.closedPeriods.add(period);
      else galaxy.closedPeriods.delete(period);
      return { closed: [...galaxy.closedPeriods] };
    },
    'POST /downstream': ({ body }) => {
      const id = textOf(body, 'id');
      if (body.exists === false) galaxy.downstream.delete(id);
      else galaxy.downstream.add(id);
      return { downstream: [...galaxy.downstream] };
    },
    'GET /base-data': ({ query }) => galaxy.baseData.of(query.get('form') ?? ''),
    'POST /base-data': ({ body }) => setBaseData(galaxy, body),
    'POST /sessions/expire': () => galaxy.authentication.expireSessions(),
    'GET /documents': ({ query }) => documents(galaxy, query),
  };
}

/** `{form, number, name, forbidden?, audited?, …}` or `{form, rows: […]}`: new rows, or new contents; `gone` takes a row away. */
function setBaseData({ baseData }: Galaxy, body: ControlCall['body']): void {
  const form = textOf(body, 'form');
  const rows = Array.isArray(body.rows) ? (body.rows as ControlCall['body'][]) : [body];
  for (const row of rows) {
    if (row.gone === true) baseData.remove(form, textOf(row, 'number'));
    else baseData.set(form, { ...row, number: textOf(row, 'number'), name: textOf(row, 'name') } as BaseRow);
  }
}

/** `{number?, amount, currency = CNY, supplier = S001, payee?, audited = true, n?}`: one application, or `n` numbered ones. */
async function createApplications(galaxy: Galaxy, body: ControlCall['body']): Promise<readonly string[]> {
  const form = formSpec(galaxy.store, 'CN_PAYAPPLY');
  const amount = textOf(body, 'amount');
  if (!/^\d+(\.\d{1,2})?$/.test(amount)) throw new ControlRefusal(400, 'amount: write it as "1280.50"');
  const supplier = textOf(body, 'supplier', 'S001');
  if (galaxy.baseData.usable('BD_Supplier', supplier) === undefined) {
    throw new ControlRefusal(400, `supplier: ${supplier} does not exist or is forbidden`);
  }
  const currency = currencyNumber(galaxy, textOf(body, 'currency', 'CNY'));
  const numbers: string[] = [];
  const written: Promise<void>[] = [];
  for (let made = 0; made < Number(body.n ?? 1); made += 1) {
    const draft = application({ galaxy, amount, supplier, currency, payee: textOf(body, 'payee', '') });
    const wanted = body.n === undefined ? textOf(body, 'number', '') : '';
    if (wanted !== '' && galaxy.store.byNumber(form.id, wanted).length > 0) {
      throw new ControlRefusal(409, `number: ${wanted} exists`);
    }
    const saved = settled(draft, form, galaxy, wanted);
    const audited = body.audited === false ? saved : { ...saved, status: 'C' as const, auditedAt: saved.createdAt };
    numbers.push(audited.number);
    written.push(galaxy.store.put(audited));
  }
  await Promise.all(written);
  return numbers;
}

function application(given: {
  galaxy: Galaxy;
  amount: string;
  supplier: string;
  currency: string;
  payee: string;
}): StoredDocument {
  const { galaxy, amount, supplier, currency, payee } = given;
  const document = blank('CN_PAYAPPLY', CLERK);
  const today = localTime(document.createdAt, galaxy.settings.utcOffsetMinutes).slice(0, 10);
  return {
    ...document,
    fields: {
      FBILLTYPEID: 'FKSQ005_SYS',
      FDATE: `${today}T00:00:00`,
      FCONTACTUNITTYPE: 'BD_Supplier',
      FCONTACTUNIT: supplier,
      FRECTUNITTYPE: 'BD_Supplier',
      FRECTUNIT: supplier,
      FCURRENCYID: currency,
      FPAYORGID: '100',
      FSETTLEORGID: '100',
      FAPPLYAMOUNTFOR_H: new Decimal(amount).toFixed(2),
    },
    entries: {
      FPAYAPPLYENTRY: [
        {
          entryId: galaxy.store.sequences.nextEntryId(),
          fields: { FAPPLYAMOUNTFOR: amount, FSETTLETYPEID: 'JSFS04_SYS', FEACHCCOUNTNAME: payee },
        },
      ],
    },
  };
}

function currencyNumber(galaxy: Galaxy, code: string): string {
  const row = galaxy.settings.baseData.BD_Currency?.find((candidate) => candidate.code === code);
  if (row === undefined) throw new ControlRefusal(400, `currency: ${code} is none of this account set`);
  return row.number;
}

/** `{number, amount?, audit?}`: a clerk pushes an application, the whole open amount or a part, and may audit the bill. */
async function pushByHand(galaxy: Galaxy, body: ControlCall['body']): Promise<object> {
  const named = only(galaxy.store.byNumber('CN_PAYAPPLY', textOf(body, 'number')), body.number);
  const form = formSpec(galaxy.store, 'AP_PAYBILL');
  const bill = settled(
    refused(() => converted(named, CLERK, galaxy, textOf(body, 'amount', '') || undefined)),
    form,
    galaxy,
  );
  const audited = body.audit === true ? { ...bill, status: 'C' as const, auditedAt: bill.createdAt } : bill;
  await galaxy.store.put(audited);
  return { id: audited.id, number: audited.number };
}

/** `{operation, form, id}`: a person does an operation (Submit, Audit, UnAudit, Delete, Cancel …) to a document. */
async function byHand(galaxy: Galaxy, body: ControlCall['body']): Promise<void> {
  const operation = textOf(body, 'operation');
  if (!isTransition(operation)) throw new ControlRefusal(400, `operation: ${operation} is none of this sandbox`);
  const form = formSpec(galaxy.store, textOf(body, 'form'));
  const { refusal } = await transition(operation, { user: CLERK, form, data: { Ids: textOf(body, 'id') } }, galaxy);
  if (refusal !== undefined) throw new ControlRefusal(409, refusal.message);
}

/** `?form=AP_PAYBILL&source=FKSQ1&key=…&number=…`: documents as the book shows them. */
function documents(galaxy: Galaxy, query: URLSearchParams): readonly object[] {
  const form = query.get('form') ?? '';
  const { source, key, number } = Object.fromEntries(query);
  const keyField = galaxy.settings.keyField;
  return galaxy.store
    .all(form)
    .map((document) => galaxy.store.shown(document))
    .filter((shown) => source === undefined || shown.source === source)
    .filter((shown) => number === undefined || shown.number === number)
    .filter((shown) => key === undefined || (shown.fields as Record<string, string>)[keyField] === key);
}

function only(found: readonly StoredDocument[], number: unknown): StoredDocument {
  const [document] = found;
  if (document === undefined) throw new ControlRefusal(404, `no payment application ${String(number)}`);
  return document;
}

function refused<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof GalaxyRefusal ? new ControlRefusal(409, error.message) : error;
  }
}

function textOf(body: ControlCall['body'], name: string, absent?: string): string {
  const value = body[name];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (absent === undefined) throw new ControlRefusal(400, `${name}: is missing`);
  return absent;
}
