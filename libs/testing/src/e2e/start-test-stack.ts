import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePortTable,
  type Ports,
  type Stack,
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

/** Starts the whole stack beside whatever else runs: own folder, own ports, own Kafka and PostgreSQL. */
export async function startTestStack(): Promise<RunningStack> {
  const folder = mkdtempSync(join(tmpdir(), 'voucherline-e2e-'));
  const configuration = ['deploy/flows', join(import.meta.dirname, 'configuration')];
  // DingTalk tries a callback again after 10 s and 30 s; here after 4 s and 12 s, which most restarts are over by.
  const sandboxSettings = { 'dingtalk-sandbox': { timeScale: 0.4 } };
  const ports = await freePortTable();
  const options = { ports, places: stackPlaces(folder), given: {}, configuration, sandboxSettings };
  const environment = stackEnvironment(options);
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  try {
    const stack = await startStack({ ports, environment, order: startOrder(options), say });
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
