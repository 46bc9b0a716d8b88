import {
  type CallContext,
  carriedKey,
  type Prerequisite,
  type ReadOutcome,
  type TargetDocument,
  type TargetOperation,
  type VoucherIntent,
  type WriteOutcome,
} from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { refusal } from '../../pure/error-table.js';
import { idNumber, type Json } from '../../pure/lossless-json.js';
import { operations } from '../../pure/operations.js';
import { NUMBER } from '../../pure/payload/fields.js';
import type { PaymentBillPayload } from '../../pure/payload/push-payment-bill.js';
import { convertStatuses, responseStatus } from '../../pure/reply.js';
import { type KingdeeSettings, settingsOf } from '../../pure/settings.js';
import { type QueryRow, query, quoted } from '../query.js';
import { doneWith, onlyDocument, refused, write } from '../write.js';
import { carriedKeys } from './carried.js';
import { COMMON_FIELDS, checkedId, documentFrom, documentsFrom, onlyOne } from './documents.js';
import { move, transitions } from './transitions.js';

const FORM = 'AP_PAYBILL';

/** Header fields of a bill; the key field is added. */
const FIELDS = [
  ...['FID', 'FBillNo', 'FCancelStatus', 'FDATE', 'FCURRENCYID.FNumber', 'FPAYTOTALAMOUNTFOR_H', 'FREALPAYAMOUNTFOR_H'],
  ...['FCONTACTUNIT.FNumber', 'FRECTUNIT.FNumber', 'FTHIRDBILLNO', 'FREMARK'],
  ...COMMON_FIELDS,
];

/** Number of the document that a row of the bill's source entry came from; of whatever form, rather too many than too few. */
const SOURCE = 'FSRCBILLNO';

/** Pushes an audited payment application (CN_PAYAPPLY) to a payment bill by Kingdee's own default rule. */
export const pushPaymentBill: TargetOperation = {
  ...operations['push-payment-bill'],
  // Kingdee's SDKs give up after 120 s; we wait 60 s for the answer.
  settleMs: 60_000,
  reversal: { kind: 'undo', unpost },
  prerequisite,
  lookup,
  create,
  mark,
  read,
  ...transitions(FORM),
};

async function prerequisite(intent: VoucherIntent, context: CallContext): Promise<ReadOutcome<Prerequisite>> {
  const number = applicationNumber(intent);
  const rows = await query(context, {
    form: 'CN_PAYAPPLY',
    fields: ['FBillNo', 'FDOCUMENTSTATUS', 'FCANCELSTATUS'],
    filter: `FBillNo=${quoted(number)}`,
    order: 'FID ASC',
  });
  if (rows.kind !== 'read') return rows;
  const row = rows.value.find(({ FBillNo }) => FBillNo === number);
  return { kind: 'read', value: readiness(number, row) };
}

function readiness(number: string, row: QueryRow<'FDOCUMENTSTATUS' | 'FCANCELSTATUS'> | undefined): Prerequisite {
  const waiting = (state: string): Prerequisite => ({
    ready: false,
    waitingFor: inBoth(
      `payment application ${number} ${state} in Kingdee; it has to be there and audited before it can be paid`,
      '付款申请单须在金蝶中存在并已审核，才能付款',
    ),
  });
  if (row === undefined) return waiting('does not exist');
  if (row.FCANCELSTATUS === 'B') return waiting('is cancelled');
  return row.FDOCUMENTSTATUS === 'C' ? { ready: true } : waiting(`has status ${row.FDOCUMENTSTATUS} (not audited)`);
}

/** Bills made from the application, by whomever, and bills that carry the key. */
async function lookup(intent: VoucherIntent, context: CallContext): Promise<ReadOutcome<readonly TargetDocument[]>> {
  const settings = settingsOf(context.connection.content);
  const number = applicationNumber(intent);
  const keys = carriedKeys(intent, settings.keyField);
  const filter = `${SOURCE}=${quoted(number)} or ${keys.filter}`;
  const fields = [...FIELDS, settings.keyField, SOURCE];
  const rows = await query<string>(context, { form: FORM, fields, filter, order: 'FID ASC' });
  if (rows.kind !== 'read') return rows;
  const exact = rows.value.filter((row) => row[SOURCE] === number || keys.has(row[settings.keyField]));
  return documentsFrom(exact, ({ [SOURCE]: _, ...bill }) => billFrom(bill, settings));
}

function read(id: string, context: CallContext): Promise<ReadOutcome<TargetDocument>> {
  return found(`FID=${checkedId(id)}`, context).then(onlyOne);
}

async function found(filter: string, context: CallContext): Promise<ReadOutcome<readonly TargetDocument[]>> {
  const settings = settingsOf(context.connection.content);
  const rows = await query<string>(context, {
    form: FORM,
    fields: [...FIELDS, settings.keyField],
    filter,
    order: 'FID ASC',
  });
  return rows.kind === 'read' ? documentsFrom(rows.value, (row) => billFrom(row, settings)) : rows;
}

function billFrom(row: QueryRow<string>, settings: KingdeeSettings): ReadOutcome<TargetDocument> {
  const view = {
    form: FORM,
    id: row.FID ?? '',
    number: row.FBillNo ?? '',
    cancelled: row.FCancelStatus === 'B',
    amount: row.FREALPAYAMOUNTFOR_H ?? '',
    currency: settings.currencies.get(row['FCURRENCYID.FNumber'] ?? ''),
    payee: row['FCONTACTUNIT.FNumber'] ?? '',
    date: row.FDATE ?? '',
    key: row[settings.keyField] ?? '',
  };
  return documentFrom(row, view, settings);
}

/** Push carries nothing of ours (kingdee.md §4.4), so it is never sent twice: what it made is found by the application. */
async function create(intent: VoucherIntent, context: CallContext): Promise<WriteOutcome> {
  const data = {
    Ids: '',
    Numbers: [applicationNumber(intent)],
    EntryIds: '',
    RuleId: '',
    TargetBillTypeId: '',
    TargetOrgId: 0,
    TargetFormId: FORM,
    IsEnableDefaultRule: 'true',
    IsDraftWhenSaveFail: 'true',
    CustomParams: {},
  };
  return write(context, { operation: 'Push', body: { formid: 'CN_PAYAPPLY', data }, repeatable: false }, pushed);
}

/** The first refusal of conversion or saving decides; with a document named beside it, nothing is sure. */
function pushed(json: Json): WriteOutcome {
  const status = responseStatus(json);
  if (status === undefined) return { kind: 'inDoubt', reason: 'the answer has no ResponseStatus' };
  const failed = [...convertStatuses(json), status].filter(({ isSuccess }) => !isSuccess);
  const [first] = failed;
  if (first === undefined) return onlyDocument(status);
  return refused((failed.find(({ refusal }) => refusal.words.length > 0) ?? first).refusal, status);
}

/** Writes the key onto the bill, and with it makes a draft (Z) a saved bill with a number (kingdee.md §4.1, [field]). */
async function mark(intent: VoucherIntent, id: string, context: CallContext): Promise<WriteOutcome> {
  const { keyField } = settingsOf(context.connection.content);
  const bill = await query(context, {
    form: FORM,
    fields: ['FID', 'FTHIRDBILLNO'],
    filter: `FID=${checkedId(id)}`,
    order: 'FID ASC',
  });
  if (bill.kind === 'unavailable') return { kind: 'notSent', detail: `before marking: ${bill.detail}` };
  if (bill.kind === 'rejected' || bill.kind === 'throttled') return bill;
  const row = bill.kind === 'read' ? bill.value[0] : undefined;
  // Never save what is not there: whether Kingdee would make it is not documented.
  if (row === undefined) return refusal('ABSENT', inBoth(`payment bill ${id} is not there`, '该付款单不存在'), GONE);
  const empty = row.FTHIRDBILLNO === '';
  const { remark } = intent.payload as unknown as PaymentBillPayload;
  const carried = carriedKey(intent.voucherKey, intent.generation);
  const changes = {
    [keyField]: carried,
    ...(empty && { FTHIRDBILLNO: carried }),
    ...(remark !== undefined && remark !== null && { FREMARK: remark }),
  };
  const data = {
    NeedUpDateFields: Object.keys(changes),
    IsDeleteEntry: 'false',
    Model: { FID: idNumber(id), ...changes },
  };
  return write(context, { operation: 'Save', body: { formid: FORM, data }, repeatable: true }, (json) =>
    doneWith(json, id),
  );
}

/** Undoes the audit (反审核), or of a bill that is only submitted the submission (撤销); Kingdee refuses each from any other state. */
function unpost(id: string, from: 'submitted' | 'posted', context: CallContext): Promise<WriteOutcome> {
  return move(from === 'submitted' ? 'CancelAssign' : 'UnAudit', FORM, id, context);
}

const GONE = {
  owner: 'finance',
  nextStep: inBoth('Find out who deleted the bill and why, then release.', '请查明付款单由谁删除及原因，然后放行。'),
} as const;

function applicationNumber({ payload }: VoucherIntent): string {
  const { applicationNumber: number } = payload as unknown as PaymentBillPayload;
  if (!NUMBER.test(number)) throw new RangeError('applicationNumber was not checked before it was used');
  return number;
}
