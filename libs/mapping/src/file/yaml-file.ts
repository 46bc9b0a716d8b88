import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLError } from 'yaml';
import { type Fault, type FileFault, type Path, pathText } from './fault.js';

/** A YAML file as plain values, and the way back from a path in them to line and column. */
export interface YamlFile {
  readonly file: string;
  readonly content: unknown;
  /** Faults of the YAML itself; the content counts only without. */
  readonly faults: readonly FileFault[];
  place(fault: Fault): FileFault;
}

/**
 * Parses a file by YAML 1.2's core schema, in which dates stay text. Duplicate names, unknown tags and aliases are faults:
 * each is a way to write something that does not mean what it looks like.
 */
export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults: FileFault[] = told([...document.errors, ...document.warnings]).map((error) => ({
    ...at(error.pos[0]),
    field: '',
    ...wordsOf(error, text),
  }));
  let content: unknown;
  if (faults.length === 0) {
    try {
      content = document.toJS({ maxAliasCount: 0 });
    } catch {
      faults.push({ ...at(0), field: '', fault: 'the file uses an alias (`*name`)', mend: 'Write the value out.' });
    }
  }
  return {
    file,
    content,
    faults,
    place: ({ path, fault, mend, offset }) => {
      const { node, start } = nodeAt(document.contents, path);
      const inside = offset === undefined ? start : (sourceOffset(text, node, offset) ?? start);
      return { ...at(inside), field: pathText(path), fault, mend };
    },
  };
}

/** After the first place where YAML loses its way, everything that follows looks wrong; names that stand twice mislead nobody. */
function told(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return first === undefined ? errors : [first];
}

function wordsOf({ code, message, pos: [from] }: YAMLError, text: string): Pick<FileFault, 'fault' | 'mend'> {
  switch (code) {
    case 'DUPLICATE_KEY': {
      const name = /[^\s:,{}]+/.exec(text.slice(from))?.[0] ?? '';
      return { fault: `"${name}" stands here a second time`, mend: 'Take one of the two out.' };
    }
    case 'TAB_AS_INDENT':
      return { fault: 'the line begins with a tab', mend: 'Indent by blanks, as many as the lines beside it.' };
    default:
      return {
        fault: `no readable YAML: ${message}`,
        mend: "Mend the YAML at this place, or just before it; a formula that holds `: ` or ` #`, or stands inside { } or [ ], goes into quotes: '=…'.",
      };
  }
}

/** What stands at a path and where; the place of the nearest thing around it when the path leads to something missing. */
function nodeAt(top: Node | null, path: Path): { readonly node?: unknown; readonly start: number } {
  let node: unknown = top;
  let start = startOf(top) ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) return { start };
      start = startOf(pair.key) ?? start;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      start = startOf(node) ?? start;
    } else {
      return { start };
    }
  }
  return { node, start };
}

/**
 * Where the n-th character of a text stands in the file. Quotes, escapes and folded lines are walked over; what can't be followed gives
 * the nearest character before it.
 */
function sourceOffset(file: string, node: unknown, index: number): number | undefined {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  const [from, to] = node.range;
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  let at = quoted ? from + 1 : from;
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') at = file.indexOf('\n', from) + 1;
  for (const character of node.value.slice(0, index + 1)) {
    at = nextOf(file, at, to, character);
  }
  return Math.max(at - 1, from);
}

/** After the next place where the character stands, a white one standing for any; unmoved where there is none (an escape). */
function nextOf(file: string, at: number, end: number, character: string): number {
  if (/\s/.test(character)) return /\s/.test(file[at] ?? '') ? at + 1 : at;
  const found = file.indexOf(character, at);
  return found === -1 || found >= end ? at : found + character.length;
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0];
}
