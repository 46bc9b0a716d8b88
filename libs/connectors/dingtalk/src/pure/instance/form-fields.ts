import { UnreadableDocument } from '@voucherline/connector-kit';
import { canonicalJson, type FormField, parseDecimal } from '@voucherline/contracts';
import { type Json, type JsonObject, parseJsonText, UnsafeJson } from '../strict-json.js';
import { listAt, objectAt, optionalTextAt } from './reading.js';

/** The fields of an instance's form (dingtalk.md §8). */
export function formFields(instance: JsonObject): readonly FormField[] {
  return listAt(instance.form_component_values, 'form_component_values').flatMap((value, index) =>
    componentFields(objectAt(value, `form_component_values[${index}]`), `form_component_values[${index}]`),
  );
}

/** What identifies a component, and its value as text. */
interface Component {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly value: string | null;
  /** For messages: the name people see. Values stay out of messages, they may be bank accounts. */
  readonly place: string;
}

function componentFields(component: JsonObject, place: string): readonly FormField[] {
  const name = optionalTextAt(component.name, `${place}.name`);
  const id = optionalTextAt(component.id, `${place}.id`) ?? name;
  if (id === undefined) throw new UnreadableDocument(`${place}: has neither id nor name`);
  const type = optionalTextAt(component.component_type, `${place}.component_type`) ?? '';
  const field = `field "${name ?? id}" (${id})`;
  return fieldsOf({ id, name: name ?? id, type, value: textOfValue(component.value, field), place: field });
}

function fieldsOf(component: Component): readonly FormField[] {
  switch (component.type) {
    case 'TableField':
      return [tableField(component)];
    case 'DDDateRangeField':
      return dateRangeFields(component);
    case 'MoneyField':
      if (component.value !== null && parseDecimal(component.value) === undefined) {
        throw new UnreadableDocument(`${component.place}: its value is no amount`);
      }
      return [plainField(component)];
    default:
      return [plainField(component)];
  }
}

function plainField({ id, name, type, value }: Component): FormField {
  return { id, name, type, value };
}

/** An empty component reads as the literal text `null`. What is no text (photos, contacts in tables) becomes JSON text. */
function textOfValue(value: Json | undefined, place: string): string | null {
  if (value === undefined || value === null || value === '' || value === 'null') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') throw new UnreadableDocument(`${place}: its value is no text`);
  return canonicalJson(value);
}

/** A range is two fields, so that flows can name its days; the third text, its length, follows from them. */
function dateRangeFields({ id, name, value, place }: Component): readonly FormField[] {
  const labels = name.startsWith('[') ? innerList(name, `${place}: its name`) : [name, name];
  const days = value === null ? [null, null] : innerList(value, place);
  if (labels.length < 2 || days.length < 2) throw new UnreadableDocument(`${place}: has not two dates with two names`);
  return (['start', 'end'] as const).map((end, index) => ({
    id: `${id}.${end}`,
    name: String(labels[index]),
    type: 'DDDateField',
    value: textOfValue(days[index], `${place}, ${end}`),
  }));
}

/** The vendor's text is not kept: it holds row numbers that are given anew. */
function tableField({ id, name, type, value, place }: Component): FormField {
  const rows = value === null ? [] : innerList(value, place);
  return { id, name, type, value: null, rows: rows.map((row, index) => rowFields(row, `${place}, row ${index + 1}`)) };
}

/** A row as it is read, `{rowValue: [{key, label, …}]}`, or as it was written, `[{name, …}]`. */
function rowFields(row: Json, place: string): readonly FormField[] {
  const cells = Array.isArray(row) ? (row as readonly Json[]) : listAt(objectAt(row, place).rowValue, place);
  return cells.flatMap((value, index) => {
    const cell = objectAt(value, `${place}, cell ${index + 1}`);
    const name = optionalTextAt(cell.label ?? cell.name, `${place}, cell ${index + 1}`);
    const id = optionalTextAt(cell.key ?? cell.id, `${place}, cell ${index + 1}`) ?? name;
    if (id === undefined) throw new UnreadableDocument(`${place}, cell ${index + 1}: has neither key nor label`);
    const type = optionalTextAt(cell.componentType, place) ?? '';
    const field = `${place}, "${name ?? id}" (${id})`;
    return fieldsOf({ id, name: name ?? id, type, value: textOfValue(cell.value, field), place: field });
  });
}

/** Lists inside a value are JSON text. */
function innerList(text: string, place: string): readonly Json[] {
  try {
    const list = parseJsonText(text, { depth: 16, names: 50_000 });
    if (Array.isArray(list)) return list as readonly Json[];
  } catch (error) {
    if (!(error instanceof UnsafeJson)) throw error;
    throw new UnreadableDocument(`${place}: ${error.message}`);
  }
  throw new UnreadableDocument(`${place}: must hold a list`);
}
