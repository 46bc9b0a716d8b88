import type { BaseDataStore } from '../base-data.js';
import type { DocumentStore, StoredDocument } from '../documents/index.js';
import type { FormSpec } from '../forms.js';
import { asText, type JsonObject, member } from '../json.js';
import { GalaxyRefusal } from '../reply.js';
import type { KingdeeSandboxSettings } from '../settings.js';

/** What an operation works on. */
export interface Workplace {
  readonly settings: KingdeeSandboxSettings;
  readonly store: DocumentStore;
  readonly baseData: BaseDataStore;
  /** Closed accounting periods, as `2024-03`. */
  readonly closedPeriods: Set<string>;
  /** Ids of documents that others were made from. */
  readonly downstream: Set<string>;
}

/** Who does it, and with what. */
export interface Request {
  readonly user: string;
  readonly form: FormSpec;
  readonly data: JsonObject;
}

/** @throws {GalaxyRefusal} when the form is unknown */
export function formSpec(store: DocumentStore, formId: string): FormSpec {
  const form = store.forms.get(formId);
  if (form === undefined) throw new GalaxyRefusal(4, '业务对象不存在');
  return form;
}

/** `Ids` (text, comma separated) or `Numbers` (array); Ids win. One entry a row: the document, or what to say. */
export function namedDocuments(
  store: DocumentStore,
  { form, data }: Request,
): readonly (StoredDocument | { readonly missing: string })[] {
  const ids = (asText(member(data, 'Ids')) ?? '').split(',').filter((id) => id.trim() !== '');
  if (ids.length > 0) return ids.map((id) => store.get(form.id, id.trim()) ?? { missing: id.trim() });
  const numbers = member(data, 'Numbers');
  const texts = Array.isArray(numbers) ? numbers.map((number) => asText(number) ?? '') : [];
  if (texts.length === 0) throw new GalaxyRefusal(5, '单据主键不能为空');
  return texts.map((number) => store.byNumber(form.id, number)[0] ?? { missing: number });
}
