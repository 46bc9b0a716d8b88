import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
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
  const faults: FileFault[] = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    field: '',
    fault: `no readable YAML: ${error.message}`,
    mend: 'Mend the YAML at this place.',
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
    place: ({ path, fault, mend }) => {
      return { ...at(offsetOf(document.contents, path)), field: pathText(path), fault, mend };
    },
  };
}

/** Offset of what stands at a path; of the nearest thing around it when the path leads to something missing. */
function offsetOf(top: Node | null, path: Path): number {
  let node: unknown = top;
  let offset = startOf(top) ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null | undefined)?.range?.[0];
}
