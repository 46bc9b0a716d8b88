import { type FormSpec, SYSTEM_FIELDS } from '../forms.js';

/** QueryBusinessInfo, as little of it as tells which fields a form has and which it must have. */
export function businessInfo(form: FormSpec): object {
  const fieldsOf = (fields: Readonly<Record<string, string>>) =>
    Object.entries(fields).map(([Key, kind]) => ({
      Key,
      ElementType: kind,
      MustInput: Object.hasOwn(form.required, Key),
    }));
  const entries = Object.entries(form.entities).map(([Key, { fields }]) => ({ Key, Fields: fieldsOf(fields) }));
  return {
    Id: form.id,
    Name: [{ Key: 2052, Value: form.title }],
    PkFieldName: form.primaryKey,
    Entrys: [{ Key: 'FBillHead', Fields: fieldsOf({ ...SYSTEM_FIELDS, ...form.header }) }, ...entries],
  };
}
