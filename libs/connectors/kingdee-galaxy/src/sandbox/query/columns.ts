import type { BaseDataStore, BaseRow } from '../base-data.js';
import type { StoredDocument, StoredRow } from '../documents/index.js';
import { DIMENSIONS, type FieldKind, type Fields, type FormSpec, SYSTEM_FIELDS } from '../forms.js';
import { GalaxyRefusal } from '../reply.js';

/** A document with one row of the entry that a query names (undefined: it names none, or the document has no row). */
export interface Line {
  readonly document: StoredDocument;
  readonly row: StoredRow | undefined;
}

/** A column of a query, or a field of its filter. */
export interface Column {
  /** The entity whose rows it needs. */
  readonly entity: string | undefined;
  readonly kind: 'text' | 'number' | 'date';
  /** Its text; empty for none. */
  text(line: Line): string;
}

/** What an offset in minutes makes of a moment: local time as Kingdee writes it. */
export function localTime(ms: number, utcOffsetMinutes: number): string {
  return new Date(ms + utcOffsetMinutes * 60_000).toISOString().slice(0, -1);
}

interface Context {
  readonly form: FormSpec;
  readonly baseData: BaseDataStore;
  readonly utcOffsetMinutes: number;
}

/** Compiles one key of `FieldKeys` or of a filter; names are taken whatever their case. @throws {GalaxyRefusal} unknown field */
export function columnOf(key: string, context: Context): Column {
  const { form } = context;
  const [name = '', ...property] = key.split('.');
  if (same(name, form.primaryKey) && property.length === 0) {
    return { entity: undefined, kind: 'number', text: ({ document }) => document.id };
  }
  const system = Object.keys(SYSTEM_FIELDS).find((field) => same(field, name));
  if (system !== undefined) return systemColumn(system, context);
  const header = fieldIn(form.header, name);
  if (header !== undefined) {
    return fieldColumn({ ...header, property, entity: undefined, fields: ({ document }) => document.fields }, context);
  }
  for (const [entity, spec] of Object.entries(form.entities)) {
    if (same(name, `${entity}_FEntryID`)) {
      return { entity, kind: 'number', text: ({ row }) => row?.entryId ?? '' };
    }
    const field = fieldIn(spec.fields, name);
    if (field !== undefined) {
      return fieldColumn({ ...field, property, entity, fields: ({ row }) => row?.fields ?? {} }, context);
    }
  }
  throw new GalaxyRefusal(9, `元数据中标识为${key}的字段不存在`);
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function fieldIn(fields: Fields, name: string): { field: string; kind: FieldKind } | undefined {
  const field = Object.keys(fields).find((candidate) => same(candidate, name));
  return field === undefined ? undefined : { field, kind: fields[field] as FieldKind };
}

function systemColumn(field: string, { utcOffsetMinutes }: Context): Column {
  const time = (ms: number | undefined) => (ms === undefined ? '' : localTime(ms, utcOffsetMinutes));
  const texts: Readonly<Record<string, (document: StoredDocument) => string>> = {
    FBillNo: ({ number }) => number,
    FDocumentStatus: ({ status }) => status,
    FCancelStatus: ({ cancelled }) => (cancelled ? 'B' : 'A'),
    FCreatorId: ({ creator }) => creator,
    FCreateDate: ({ createdAt }) => time(createdAt),
    FModifyDate: ({ modifiedAt }) => time(modifiedAt),
    FApproveDate: ({ auditedAt }) => time(auditedAt),
  };
  const text = texts[field] as (document: StoredDocument) => string;
  const kind = SYSTEM_FIELDS[field] === 'datetime' ? 'date' : 'text';
  return { entity: undefined, kind, text: ({ document }) => text(document) };
}

interface FieldAccess {
  readonly field: string;
  readonly kind: FieldKind;
  readonly property: readonly string[];
  readonly entity: string | undefined;
  readonly fields: (line: Line) => Readonly<Record<string, string>>;
}

function fieldColumn({ field, kind, property, entity, fields }: FieldAccess, { baseData }: Context): Column {
  const [first = 'FNumber', second = 'FNumber'] = property;
  if (kind === 'flex') {
    const key = `FDetailID.${first.toUpperCase()}`;
    const form = DIMENSIONS[first.toUpperCase()] ?? '';
    const text = (line: Line) => propertyOf(baseData.find(form, fields(line)[key] ?? ''), second);
    return { entity, kind: 'text', text };
  }
  if (kind.startsWith('base:') || kind.startsWith('unit:')) {
    const form = (line: Line) => formOf(kind, fields(line));
    const text = (line: Line) => propertyOf(baseData.find(form(line), fields(line)[field] ?? ''), first);
    return { entity, kind: 'text', text };
  }
  const shown = kind === 'amount' || kind === 'integer' ? 'number' : kind === 'date' ? 'date' : 'text';
  return { entity, kind: shown, text: (line) => fields(line)[field] ?? '' };
}

/** The form that a reference points into. */
export function formOf(kind: FieldKind, fields: Readonly<Record<string, string>>): string {
  if (kind.startsWith('base:')) return kind.slice('base:'.length);
  return fields[kind.slice('unit:'.length)] ?? '';
}

function propertyOf(row: BaseRow | undefined, property: string): string {
  if (row === undefined) return '';
  const name = property.toLowerCase();
  return name === 'fname' ? row.name : name === 'fcode' ? (row.code ?? '') : row.number;
}
