import { type Checked, checkFile, publishedHash } from '../file/check-file.js';
import { Cursor } from '../file/cursor.js';
import { type Fault, pathText } from '../file/fault.js';
import type { Flow } from './flow.js';
import { readFlow } from './read-flow.js';

/** A flow with the content that is published and the hash that pins it. */
export interface PublishableFlow {
  readonly flow: Flow;
  readonly content: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

/** Checks a flow file by itself. Every fault names file, line, column, field and mend. */
export function checkFlow(text: string, file: string): Checked<PublishableFlow> {
  return checkFile(text, file, (top) => {
    const flow = readFlow(top);
    const content = top.value as Readonly<Record<string, unknown>>;
    return flow && { flow, content, hash: publishedHash(content) };
  });
}

/** A published content that this version can't read as a flow. */
export class UnreadableFlow extends Error {
  override readonly name = 'UnreadableFlow';
}

/** Compiles published contents, each once: a hash stands for the content for ever. */
export class FlowCompiler {
  readonly #compiled = new Map<string, Flow | UnreadableFlow>();

  /** @throws {UnreadableFlow} naming the first field at fault */
  compile(hash: string, content: Readonly<Record<string, unknown>>): Flow {
    let flow = this.#compiled.get(hash);
    if (flow === undefined) {
      flow = compile(content);
      this.#compiled.set(hash, flow);
    }
    if (flow instanceof UnreadableFlow) throw flow;
    return flow;
  }
}

function compile(content: Readonly<Record<string, unknown>>): Flow | UnreadableFlow {
  const faults: Fault[] = [];
  const flow = readFlow(new Cursor(content, faults));
  const [first] = faults;
  if (first === undefined && flow !== undefined) return flow;
  return new UnreadableFlow(first === undefined ? 'no flow' : `${pathText(first.path)}: ${first.fault}`);
}
