import type { BaseDataStore, BaseRow } from '../base-data.js';
import type { StoredDocument, StoredRow } from '../documents/index.js';
import type { FormSpec } from '../forms.js';

/** Primary keys where they are known (kingdee.md §6.6). */
const PRIMARY_KEYS: Readonly<Record<string, string>> = {
  BD_Supplier: 'FSupplierId',
  BD_Customer: 'FCUSTID',
  BD_MATERIAL: 'FMATERIALID',
};
const DIMENSIONS = 'FAccountFlexEntry';
/** Keys and values are those of the database's table (README: unconfirmed). */
const OBLIGATORY = '1';
const OPTIONAL = '2';

/** A form of base data as a query sees it; undefined where there is none of it. */
export function baseDataForm(id: string, baseData: BaseDataStore): FormSpec | undefined {
  if (baseData.of(id).length === 0) return undefined;
  const dimensions = { FDataFieldName: 'text', FInputType: 'text' } as const;
  return {
    id,
    title: id,
    primaryKey: PRIMARY_KEYS[id] ?? 'FID',
    numberPrefix: '',
    header: { FNumber: 'text', FName: 'text', FForbidStatus: 'text' },
    entities: id === 'BD_Account' ? { [DIMENSIONS]: { viewName: DIMENSIONS, fields: dimensions } } : {},
    required: {},
    indexed: [],
  };
}

/** Rows of base data as documents that a query runs over. */
export function baseDataDocuments(form: string, baseData: BaseDataStore): StoredDocument[] {
  return baseData.of(form).map((row, at) => ({
    ...{ form, id: String(at + 1), number: row.number, creator: '', createdAt: 0, modifiedAt: 0, cancelled: false },
    status: row.audited === false ? 'A' : 'C',
    fields: { FNumber: row.number, FName: row.name, FForbidStatus: row.forbidden === true ? 'B' : 'A' },
    entries: { [DIMENSIONS]: dimensionsOf(row) },
  }));
}

function dimensionsOf({ dimensions = [], optionalDimensions = [] }: BaseRow): readonly StoredRow[] {
  const row = (obligation: string) => (dimension: string) => ({
    entryId: dimension.replace(/\D/g, ''),
    fields: { FDataFieldName: dimension, FInputType: obligation },
  });
  return [...dimensions.map(row(OBLIGATORY)), ...optionalDimensions.map(row(OPTIONAL))];
}
