import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkout,
  freePortTable,
  type Ports,
  portTable,
  type Say,
  type Stack,
  type StackOptions,
  stackEnvironment,
  stackPlaces,
  startOrder,
  startStack,
} from '@voucherline/local';

/** What a test has to know of the stack. */
export interface StackFacts {
  readonly ports: Ports;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface RunningStack {
  readonly facts: StackFacts;
  readonly stack: Stack;
  /** Ends everything; deletes the data and logs unless they are to be kept for looking at them. */
  stop(options: { keep: boolean }): Promise<void>;
}

export interface TestStackOptions extends Pick<StackOptions, 'instances'> {
  /** Where the database's data go; beside everything else when absent. */
  readonly databaseFolder?: string;
  /** What it is for, in the name of its folder. */
  readonly name: string;
  /** How much faster than the vendor's DingTalk tries a callback again, after 10 s and 30 s there. */
  readonly timeScale: number;
  /** Hears how it starts, and whatever dies and is started again. */
  readonly say?: Say;
}

/**
 * Starts the whole stack beside whatever else runs: own folder, own ports (from VOUCHERLINE_PORT_BASE where that is set), own
 * Kafka and PostgreSQL.
 */
export async function startTestStack(given: TestStackOptions): Promise<RunningStack> {
  const { name, timeScale, say, instances = 1, databaseFolder } = given;
  const folder = mkdtempSync(join(tmpdir(), `voucherline-${name}-`));
  const usual = stackPlaces(folder);
  const dataOf = (member: string) =>
    member === 'postgres' && databaseFolder !== undefined ? join(databaseFolder, member) : usual.dataOf(member);
  const places = { ...usual, dataOf };
  const configuration = ['deploy/flows', join(checkout, 'libs', 'testing', 'src', 'line', 'configuration')];
  const sandboxSettings = { 'dingtalk-sandbox': { timeScale } };
  const ports = process.env.VOUCHERLINE_PORT_BASE ? portTable(process.env) : await freePortTable();
  const options = { ports, places, given: {}, configuration, sandboxSettings, instances };
  const environment = stackEnvironment(options);
  const said: string[] = [];
  const hear = (line: string) => {
    said.push(line);
    say?.(line);
  };
  try {
    const stack = await startStack({ ports, environment, order: startOrder(options), say: hear });
    return {
      facts: { ports, folder, environment },
      stack,
      async stop({ keep }) {
        await stack.stop();
        if (keep) console.log(`\nThe stack's logs and books: ${folder}\n${said.join('\n')}`);
        else rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    console.log(`\nThe stack did not start; its logs: ${folder}\n${said.join('\n')}`);
    throw error;
  }
}
