import type { BaseDataStore } from '../base-data.js';
import type { StoredDocument } from '../documents/index.js';
import { DIMENSIONS, type FieldKind, type Fields, type FormSpec } from '../forms.js';
import { asText, jsonNumber, member } from '../json.js';
import { formOf, localTime } from '../query/columns.js';
import { GalaxyRefusal } from '../reply.js';
import type { Request, Workplace } from './operation.js';

/** View (kingdee.md §4.3): other names than Save, base data as nested objects, names by language. */
export function view({ form, data }: Request, { store, baseData, settings }: Workplace): object {
  const id = asText(member(data, 'Id')) ?? '';
  const number = asText(member(data, 'Number')) ?? '';
  const document = id !== '' && id !== '0' ? store.get(form.id, id) : store.byNumber(form.id, number)[0];
  if (document === undefined) throw new GalaxyRefusal(9, `编码值["${number || id}"]不存在`);
  const time = (ms: number) => localTime(ms, settings.utcOffsetMinutes);
  return {
    Id: jsonNumber(document.id),
    BillNo: document.number,
    DocumentStatus: document.status,
    CancelStatus: document.cancelled ? 'B' : 'A',
    CreatorId: { Name: document.creator },
    CreateDate: time(document.createdAt),
    ModifyDate: time(document.modifiedAt),
    ...viewed(document.fields, form.header, baseData),
    ...entriesOf(document, form, baseData),
  };
}

function entriesOf(document: StoredDocument, form: FormSpec, baseData: BaseDataStore): object {
  const entries = Object.entries(form.entities).map(([entity, { viewName, fields }]) => {
    const rows = (document.entries[entity] ?? []).map(({ entryId, fields: values }) => ({
      Id: jsonNumber(entryId),
      ...viewed(values, fields, baseData),
    }));
    return [viewName, rows];
  });
  return Object.fromEntries(entries);
}

function viewed(values: Readonly<Record<string, string>>, fields: Fields, baseData: BaseDataStore): object {
  const members = Object.entries(fields).map(([field, kind]) => {
    const name = field.startsWith('F_') ? field : field.replace(/^F/, '');
    return [name, shownValue(field, kind, values, baseData)];
  });
  return Object.fromEntries(members);
}

function shownValue(field: string, kind: FieldKind, values: Readonly<Record<string, string>>, baseData: BaseDataStore) {
  const text = values[field] ?? '';
  if (kind === 'flex') return dimensions(values, baseData);
  if (kind.startsWith('base:') || kind.startsWith('unit:')) return reference(formOf(kind, values), text, baseData);
  return kind === 'amount' || kind === 'integer' ? jsonNumber(text || '0') : text;
}

function reference(form: string, number: string, baseData: BaseDataStore): object | null {
  const row = baseData.find(form, number);
  return row === undefined ? null : { Number: row.number, Name: [{ Key: 2052, Value: row.name }] };
}

function dimensions(values: Readonly<Record<string, string>>, baseData: BaseDataStore): object {
  const given = Object.keys(DIMENSIONS).filter((dimension) => values[`FDetailID.${dimension}`]);
  const pairs = given.map((dimension) => {
    const number = values[`FDetailID.${dimension}`] ?? '';
    return [dimension, reference(DIMENSIONS[dimension] ?? '', number, baseData)];
  });
  return Object.fromEntries(pairs);
}
