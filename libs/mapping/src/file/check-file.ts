import { canonicalJson, contentHash } from '@voucherline/contracts';
import { Cursor } from './cursor.js';
import type { Fault, FileFault } from './fault.js';
import { parseYaml } from './yaml-file.js';

/** A file without faults in itself, ready to be compared with others and published. */
export interface CheckedFile<T> {
  readonly file: string;
  readonly value: T;
  /** A fault found later, with its place in this file. */
  place(fault: Fault): FileFault;
}

export type Checked<T> =
  | ({ readonly ok: true } & CheckedFile<T>)
  | { readonly ok: false; readonly errors: readonly FileFault[] };

/** Reads a YAML file with `read`, which notes faults at the cursor it is given. */
export function checkFile<T>(text: string, file: string, read: (top: Cursor) => T | undefined): Checked<T> {
  const yaml = parseYaml(text, file);
  if (yaml.faults.length > 0) return { ok: false, errors: yaml.faults };
  const faults: Fault[] = [];
  const value = read(new Cursor(yaml.content, faults));
  if (faults.length > 0 || value === undefined) return { ok: false, errors: faults.map((fault) => yaml.place(fault)) };
  return { ok: true, file, value, place: (fault) => yaml.place(fault) };
}

/** The hash that names a version of a published content. */
export function publishedHash(content: unknown): string {
  return contentHash(canonicalJson(content));
}
