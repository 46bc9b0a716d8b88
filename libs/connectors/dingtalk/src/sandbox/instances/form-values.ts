import type { FormValue } from './instance.js';

/** A form value as people and the create call write it. */
export interface WrittenValue {
  readonly name?: unknown;
  readonly value?: unknown;
  readonly id?: unknown;
  readonly componentType?: unknown;
  readonly extValue?: unknown;
}

/** Turns written values into what is read: empty ones are the word `null`, tables get row numbers and labels (dingtalk.md §8). */
export function readShape(written: readonly WrittenValue[]): readonly FormValue[] {
  return written.map(({ name, value, id, componentType, extValue }) => {
    const type = typeof componentType === 'string' ? componentType : 'TextField';
    const known = { id: String(id ?? name ?? ''), name: String(name ?? id ?? ''), component_type: type };
    const text = textOf(value);
    const read = type === 'TableField' && text !== 'null' ? tableAsRead(known.id, text) : text;
    return { ...known, value: read, ...(typeof extValue === 'string' && { ext_value: extValue }) };
  });
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface WrittenCell extends WrittenValue {
  readonly label?: unknown;
  readonly key?: unknown;
}

function tableAsRead(id: string, text: string): string {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) return text;
  const read = (rows as readonly (readonly WrittenCell[])[]).map((cells, index) => ({
    rowNumber: `${id}_${index + 1}`,
    rowValue: cells.map((cell) => ({
      componentType: cell.componentType ?? 'TextField',
      label: cell.label ?? cell.name,
      key: cell.key ?? cell.id ?? cell.name,
      value: textOf(cell.value),
    })),
  }));
  return JSON.stringify(read);
}
