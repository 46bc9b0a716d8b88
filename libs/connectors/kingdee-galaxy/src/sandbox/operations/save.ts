import { Decimal } from 'decimal.js';
import { rowsOf, type StoredDocument } from '../documents/index.js';
import { voucherSeries } from '../documents/sequences.js';
import type { FormSpec } from '../forms.js';
import { asFlag, asText, isObject, type JsonObject, member } from '../json.js';
import { GalaxyRefusal } from '../reply.js';
import { headerOf, mergedRows, rowsIn } from './model.js';
import type { Request, Workplace } from './operation.js';
import { validate } from './validate.js';
import { checkAmounts, withAmounts } from './voucher-lines.js';

/**
 * Save and Draft (kingdee.md §4.1). A primary key in the model changes that document, whosever it is. A draft stays Z and
 * has no number; saving it makes it A and gives it one.
 */
export async function save(request: Request, workplace: Workplace, as: 'saved' | 'draft'): Promise<StoredDocument> {
  const { form, data, user } = request;
  const model = member(data, 'Model');
  if (!isObject(model)) throw new GalaxyRefusal(8, 'Model不能为空');
  const old = existing(model, form, workplace);
  const given = mergedWith(old ?? blank(form.id, user), model, request, workplace);
  const merged = totalled(withAmounts(given, workplace.settings));
  if (as === 'draft') {
    const draft = { ...merged, id: idOf(merged, workplace) };
    await workplace.store.put(draft);
    return draft;
  }
  if (asFlag(member(data, 'ValidateFlag'), true)) {
    validate(merged, form, workplace);
    checkAmounts(merged);
  }
  const saved = settled(merged, form, workplace, asText(model.FBillNo) ?? '');
  const audited = asFlag(member(data, 'IsAutoSubmitAndAudit'), false);
  const document: StoredDocument = audited ? { ...saved, status: 'C', auditedAt: saved.modifiedAt } : saved;
  await workplace.store.put(document);
  return document;
}

/** A document as its save leaves it: with id and number, a draft no more. */
export function settled(document: StoredDocument, form: FormSpec, workplace: Workplace, number = ''): StoredDocument {
  const { sequences } = workplace.store;
  const numbered = { ...document, number: document.number || freeNumber(form, workplace, number) };
  const status = document.status === 'Z' ? 'A' : document.status;
  const id = idOf(document, workplace);
  if (form.id !== 'GL_VOUCHER' || document.fields.FVOUCHERGROUPNO) return { ...numbered, id, status };
  const fields = { ...document.fields, FVOUCHERGROUPNO: String(sequences.next(voucherSeries(document.fields))) };
  return { ...numbered, id, status, fields };
}

export function blank(form: string, creator: string): StoredDocument {
  const now = Date.now();
  const base = { id: '', number: '', status: 'Z' as const, cancelled: false, createdAt: now, modifiedAt: now };
  return { form, creator, ...base, fields: {}, entries: {} };
}

export const idOf = ({ id, form }: StoredDocument, { store }: Workplace) => id || store.sequences.nextId(form);

function existing(model: JsonObject, form: FormSpec, { store }: Workplace): StoredDocument | undefined {
  const id = asText(model[form.primaryKey]) ?? '';
  if (id === '' || id === '0') return undefined;
  const document = store.get(form.id, id);
  if (document === undefined) throw new GalaxyRefusal(10, `内码为${id}的${form.title}不存在`, form.primaryKey);
  if (document.status === 'B' || document.status === 'C') {
    const state = document.status === 'C' ? '已审核' : '审核中';
    throw new GalaxyRefusal(12, `单据编号为“${document.number}”的${form.title}${state}，不允许修改`);
  }
  return document;
}

function mergedWith(
  old: StoredDocument,
  model: JsonObject,
  { form, data }: Request,
  workplace: Workplace,
): StoredDocument {
  const reading = { workplace, verify: asFlag(member(data, 'IsVerifyBaseDataField'), false) };
  const isNew = old.id === '';
  const deleteOthers = isNew || asFlag(member(data, 'IsDeleteEntry'), true);
  const only = isNew ? [] : fieldsToUpdate(data);
  const isChanged = (name: string) => only.length === 0 || only.includes(name);
  const nextEntryId = () => workplace.store.sequences.nextEntryId();
  const entries = Object.keys(form.entities).map((entity) => {
    const rows = rowsOf(old, entity);
    const given = rowsIn(model[entity], form, entity, reading);
    // Deletion is a switch of its own: rows that the request lacks go, whatever it wants updated.
    const mine = isChanged(entity) ? given : undefined;
    return [entity, mergedRows(rows, mine, deleteOthers, nextEntryId)];
  });
  const header = Object.entries(headerOf(model, form, reading)).filter(([name]) => isChanged(name));
  const fields = { ...old.fields, ...Object.fromEntries(header) };
  return { ...old, modifiedAt: Date.now(), fields, entries: Object.fromEntries(entries) };
}

/** NeedUpDateFields: on an update only these fields and entries change; none for all that are given. */
function fieldsToUpdate(data: JsonObject): readonly string[] {
  const names = member(data, 'NeedUpDateFields');
  return Array.isArray(names) ? names.map((name) => asText(name) ?? '') : [];
}

/** Header totals, and a voucher's year and period from its date where they were not given. */
export function totalled(document: StoredDocument): StoredDocument {
  const total = (entity: string, field: string) =>
    rowsOf(document, entity)
      .reduce((sum, { fields }) => sum.plus(fields[field] || 0), new Decimal(0))
      .toFixed(2);
  if (document.form === 'AP_PAYBILL') {
    const FPAYTOTALAMOUNTFOR_H = total('FPAYBILLENTRY', 'FPAYTOTALAMOUNTFOR');
    const FREALPAYAMOUNTFOR_H = total('FPAYBILLENTRY', 'FREALPAYAMOUNTFOR_D');
    return { ...document, fields: { ...document.fields, FPAYTOTALAMOUNTFOR_H, FREALPAYAMOUNTFOR_H } };
  }
  if (document.form !== 'GL_VOUCHER') return document;
  const [year = '', month = ''] = (document.fields.FDate ?? '').split('-');
  const period = { FYEAR: document.fields.FYEAR || year, FPERIOD: document.fields.FPERIOD || String(Number(month)) };
  const totals = { FDEBITTOTAL: total('FEntity', 'FDEBIT'), FCREDITTOTAL: total('FEntity', 'FCREDIT') };
  return { ...document, fields: { ...document.fields, ...period, ...totals } };
}

function freeNumber(form: FormSpec, { store }: Workplace, wanted: string): string {
  if (wanted !== '') {
    if (store.byNumber(form.id, wanted).length === 0) return wanted;
    throw new GalaxyRefusal(11, `违反字段唯一性要求：编码唯一。[${wanted}]在当前系统中已经被使用。`, 'FBillNo');
  }
  for (;;) {
    const number = `${form.numberPrefix}${String(store.sequences.next(form.numberPrefix)).padStart(8, '0')}`;
    if (store.byNumber(form.id, number).length === 0) return number;
  }
}
