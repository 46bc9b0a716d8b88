/** Where in a file's content something stands: names of members and indices of lists, from the top. */
export type Path = readonly (string | number)[];

/** What is wrong with a value and how to mend it. */
export interface Fault {
  readonly path: Path;
  readonly fault: string;
  readonly mend: string;
  /** Characters into the text that stands there, e.g. of a formula. */
  readonly offset?: number;
}

/** A fault with its place in the file, for the person who wrote it. Lines and columns count from 1. */
export interface FileFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The path as text, e.g. `payload.lines[1].debit`; empty for the file as a whole. */
  readonly field: string;
  readonly fault: string;
  readonly mend: string;
}

export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** One line: `file:line:column: field: fault. mend`. */
export function faultText({ file, line, column, field, fault, mend }: FileFault): string {
  return `${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${fault}. ${mend}`;
}
