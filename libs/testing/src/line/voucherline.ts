import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '@voucherline/local';
import type { StackFacts } from './start-test-stack.js';

/** Runs the command line as a person would, against the stack; gives what it says. @throws when it fails */
export async function voucherline({ environment }: StackFacts, ...args: string[]): Promise<string> {
  const main = join(checkout, 'services', 'cli', 'dist', 'main.js');
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { env, timeout: 180_000 });
  return stdout;
}
