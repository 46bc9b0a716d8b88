import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '@voucherline/contracts';
import { checkout } from '@voucherline/local';
import { readTopic } from '@voucherline/pipeline';
import { voucherline } from '../../line/voucherline.js';
import type { Line } from '../line.js';

const TEMPLATE = join(checkout, 'libs', 'testing', 'src', 'e2e', 'flows', 'claim');

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

  /** Puts a connection of the tests into the folder, to be edited and published with the flow. */
  withConnection(name: string): this {
    const configuration = join(checkout, 'libs', 'testing', 'src', 'line', 'configuration');
    cpSync(join(configuration, `${name}.yaml`), join(this.folder, `${name}.yaml`));
    return this;
  }

  /** Publishes what stands in the folder, and gives the version that is the newest then. */
  async publish(): Promise<Version> {
    await voucherline(this.#line.facts, 'publish', this.folder, '--yes');
    const version = await this.#newest();
    if (version === undefined) throw new Error(`${this.name} is not on the log, and publish says it is`);
    return version;
  }

  async #newest(): Promise<Version | undefined> {
    let newest: Message<'FlowPublished'> | undefined;
    for await (const { message } of readTopic(this.#line.broker, 'configuration.published.v1')) {
      if (message.type === 'FlowPublished' && message.data.name === this.name) newest = message;
    }
    return newest && { hash: newest.data.hash, publishedAt: Date.parse(newest.time) };
  }
}
