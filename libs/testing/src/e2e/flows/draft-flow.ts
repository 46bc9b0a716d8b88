import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Message } from '@voucherline/contracts';
import { checkout } from '@voucherline/local';
import { readTopic } from '@voucherline/pipeline';
import { voucherline } from '../../line/voucherline.js';
import type { Line } from '../line.js';

const SOURCES = join(checkout, 'libs', 'testing', 'src');
const TEMPLATE = join(SOURCES, 'e2e', 'flows', 'claim');
const CONFIGURATION = join(SOURCES, 'line', 'configuration');

/** A version of a flow as it stands on the log. */
export interface Version {
  readonly hash: string;
  /** ms. */
  readonly publishedAt: number;
}

/** A scenario's own flow: a folder that the test edits as people do, and publishes by the command line. */
export class DraftFlow {
  readonly name: string;
  readonly folder: string;
  readonly #line: Line;

  constructor(line: Line, scenario: string) {
    this.#line = line;
    this.name = `claim-${scenario}`;
    this.folder = join(mkdtempSync(join(line.facts.folder, 'flows-')), this.name);
    cpSync(TEMPLATE, this.folder, { recursive: true });
    const flow = join(this.folder, 'flow.yaml');
    writeFileSync(flow, readFileSync(flow, 'utf8').replaceAll('{scenario}', scenario));
  }

  /** Replaces a text that stands exactly once in a file of the folder. */
  edit(file: string, text: string, by: string): this {
    const path = join(this.folder, file);
    const parts = readFileSync(path, 'utf8').split(text);
    if (parts.length !== 2) throw new Error(`"${text}" stands ${parts.length - 1} times in ${file} of ${this.name}`);
    writeFileSync(path, parts.join(by));
    return this;
  }

  /** Writes a file into the folder, e.g. a case. */
  write(file: string, text: string): this {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return this;
  }

  /** Puts a connection of the tests into the folder that pulls one table more, to be published with the flow. */
  pulling(connection: string, kind: string): this {
    const file = `${connection}.yaml`;
    const text = readFileSync(join(CONFIGURATION, file), 'utf8');
    const [setting, kinds] = /^ +masterData: \[(.*)\]$/m.exec(text) ?? ['settings:', undefined];
    if (kinds?.split(', ').includes(kind)) throw new Error(`${connection} has pulled ${kind} since the stack started`);
    return kinds === undefined
      ? this.write(file, text.replace(setting, `${setting}\n  masterData: [${kind}]`))
      : this.write(file, text.replace(setting, `  masterData: [${kinds}, ${kind}]`));
  }

  /** Publishes what stands in the folder; gives the version that is the newest then, and what was said. @throws when it is refused */
  async publish(): Promise<Version & { readonly said: string }> {
    const said = await voucherline(this.#line.facts, 'publish', this.folder, '--yes');
    const version = await this.#newest();
    if (version === undefined) throw new Error(`${this.name} is not on the log, and publish says it is`);
    return { ...version, said };
  }

  async #newest(): Promise<Version | undefined> {
    let newest: Message<'FlowPublished'> | undefined;
    for await (const { message } of readTopic(this.#line.broker, 'configuration.published.v1')) {
      if (message.type === 'FlowPublished' && message.data.name === this.name) newest = message;
    }
    return newest && { hash: newest.data.hash, publishedAt: Date.parse(newest.time) };
  }
}
