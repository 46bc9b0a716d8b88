import type { StoredRow } from '../documents/index.js';
import { DIMENSIONS, type FieldKind, type Fields, type FormSpec } from '../forms.js';
import { asText, isObject, type Json, type JsonObject } from '../json.js';
import { formOf } from '../query/columns.js';
import { GalaxyRefusal } from '../reply.js';
import type { Workplace } from './operation.js';

type Texts = Record<string, string>;

interface Reading {
  readonly workplace: Workplace;
  /** Whether an unusable reference is refused; otherwise it stays empty (IsVerifyBaseDataField). */
  readonly verify: boolean;
}

/** Names that a model may hold beside the form's fields: keys, and what the system writes itself. */
const PASSIVE = new Set([
  'FID',
  'FVOUCHERID',
  'FEntryID',
  'FBillNo',
  'FDocumentStatus',
  'FDOCUMENTSTATUS',
  'FCancelStatus',
]);

/** The header's values in a Save model. @throws {GalaxyRefusal} for an unknown property or base data */
export function headerOf(model: JsonObject, form: FormSpec, reading: Reading): Texts {
  return textsOf(model, form.header, form.id, Object.keys(form.entities), reading);
}

/** The rows of one entry in a Save model: new values by position, with the entry id they name ('' or 0: a new row). */
export function rowsIn(
  value: Json | undefined,
  form: FormSpec,
  entity: string,
  reading: Reading,
): readonly { entryId: string; fields: Texts }[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new GalaxyRefusal(8, `${entity}必须是数组`);
  const { fields } = form.entities[entity] as { fields: Fields };
  return value.filter(isObject).map((row) => {
    const entryId = asText(row.FEntryID) ?? '';
    return { entryId: entryId === '0' ? '' : entryId, fields: textsOf(row, fields, entity, [], reading) };
  });
}

/** Rows after an update: named ones get their new values, new ones are added, the others go where `deleteOthers` says so. */
export function mergedRows(
  old: readonly StoredRow[],
  given: readonly { entryId: string; fields: Texts }[] | undefined,
  deleteOthers: boolean,
  nextEntryId: () => string,
): readonly StoredRow[] {
  if (given === undefined) return deleteOthers ? [] : old;
  // An empty array leaves the rows alone, one empty object clears them (kingdee.md §4.1).
  if (given.length === 0) return old;
  const [only, ...more] = given;
  if (more.length === 0 && only?.entryId === '' && Object.keys(only.fields).length === 0) return [];
  const named = new Map(given.filter(({ entryId }) => entryId !== '').map((row) => [row.entryId, row]));
  const kept = old.filter(({ entryId }) => named.has(entryId) || !deleteOthers);
  const changed = kept.map((row) => ({ ...row, fields: { ...row.fields, ...named.get(row.entryId)?.fields } }));
  const added = given.filter(({ entryId }) => entryId === '').map((row) => ({ ...row, entryId: nextEntryId() }));
  return [...changed, ...added];
}

function textsOf(
  object: JsonObject,
  fields: Fields,
  entityType: string,
  apart: readonly string[],
  reading: Reading,
): Texts {
  const texts: Texts = {};
  for (const [name, value] of Object.entries(object)) {
    if (PASSIVE.has(name) || apart.includes(name)) continue;
    const kind = fields[name];
    if (kind === undefined) throw new GalaxyRefusal(4, `实体不存在此属性[EntityType:${entityType},Property:${name}]`);
    Object.assign(texts, textOf(name, kind, value, { ...reading, unitTypes: object }));
  }
  return texts;
}

function textOf(name: string, kind: FieldKind, value: Json, context: Reading & { unitTypes: JsonObject }): Texts {
  if (kind === 'flex') return dimensionsOf(value, context);
  if (kind.startsWith('base:') || kind.startsWith('unit:')) {
    const types = Object.fromEntries(
      Object.entries(context.unitTypes).map(([field, text]) => [field, asText(text) ?? '']),
    );
    return { [name]: referenceOf(name, formOf(kind, types), value, context) };
  }
  const text = asText(value) ?? '';
  if ((kind === 'amount' || kind === 'integer') && text !== '' && !/^-?\d+(\.\d+)?$/.test(text)) {
    throw new GalaxyRefusal(8, `输入字符串的格式不正确: ${name}`);
  }
  if (kind === 'date') return { [name]: text === '' ? '' : `${text.slice(0, 10)}T00:00:00` };
  return { [name]: text };
}

function dimensionsOf(value: Json, reading: Reading): Texts {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, reference]) => {
      const dimension = name.replace(/^FDETAILID__/, '');
      const form = DIMENSIONS[dimension];
      if (form === undefined) throw new GalaxyRefusal(4, `实体不存在此属性[EntityType:FDetailID,Property:${name}]`);
      return [`FDetailID.${dimension}`, referenceOf(name, form, reference, reading)];
    }),
  );
}

function referenceOf(name: string, form: string, value: Json, { workplace, verify }: Reading): string {
  if (value === null || value === '') return '';
  if (!isObject(value)) throw new GalaxyRefusal(8, `字段${name}必须是对象`);
  const number = asText(value.FNumber) ?? asText(value.FNUMBER) ?? '';
  if (number === '' || workplace.baseData.usable(form, number) !== undefined) return number;
  if (verify) throw new GalaxyRefusal(9, `字段“${name}”的值${number}不存在或未审核、已禁用`, name);
  return '';
}
