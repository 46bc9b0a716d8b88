import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '@voucherline/local';
import type { Sabotage } from './sabotage.js';

/** What a test run under a sabotage showed. */
export interface Caught {
  readonly sabotage: Sabotage;
  readonly caught: boolean;
  /** Inputs, seeds or cases that were tried until it was noticed; 1 where the test has no choice of them. */
  readonly tries: number;
  readonly seconds: number;
  /** What was seen instead; empty when it was caught. */
  readonly trouble: string;
}

interface TestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
    readonly message?: string;
  }[];
}

/** Runs the spec of a sabotage with the guard switched off: the named test has to fail, by an assertion of its own. */
export async function runSabotage(sabotage: Sabotage): Promise<Caught> {
  const started = performance.now();
  const report = await tests([sabotage.spec], sabotage.test, { VOUCHERLINE_SABOTAGE: sabotage.name });
  const all = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const ran = all.filter(({ status }) => status === 'passed' || status === 'failed');
  const named = ran.filter(({ fullName }) => fullName.includes(sabotage.test));
  const failed = named.filter(({ status }) => status === 'failed');
  const words = failed.flatMap(({ failureMessages = [] }) => failureMessages).join('\n');
  const seconds = (performance.now() - started) / 1000;
  const trouble =
    named.length === 0
      ? `no test that ran is called "${sabotage.test}": ${report.testResults.map(({ message = '' }) => message).join(' ')}`
      : failed.length === 0
        ? 'the test passed all the same'
        : '';
  return { sabotage, caught: trouble === '', tries: triesIn(words), seconds, trouble };
}

/** Whether the specs of these sabotages pass with all guards on; without that a failure proves nothing. */
export async function runUntouched(sabotages: readonly Sabotage[]): Promise<readonly string[]> {
  const specs = [...new Set(sabotages.map(({ spec }) => spec))];
  const { testResults } = await tests(specs, '', {});
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName);
}

/** fast-check and the simulation say how many runs it took. */
function triesIn(words: string): number {
  const [, tries = '1'] = /failed after (\d+) tests?/i.exec(words) ?? [];
  return Number(tries);
}

async function tests(
  specs: readonly string[],
  test: string,
  env: Readonly<Record<string, string>>,
): Promise<TestReport> {
  const vitest = join(checkout, 'node_modules', 'vitest', 'vitest.mjs');
  const named = test === '' ? [] : ['--testNamePattern', test.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')];
  const folder = mkdtempSync(join(tmpdir(), 'voucherline-sabotage-'));
  const report = join(folder, 'report.json');
  const args = [
    vitest,
    'run',
    '--root',
    '.',
    ...specs,
    '--reporter=json',
    `--outputFile=${report}`,
    '--retry=0',
    ...named,
  ];
  try {
    const child = spawn(process.execPath, args, { cwd: checkout, env: { ...process.env, ...env }, stdio: 'ignore' });
    await new Promise((resolve) => child.once('close', resolve));
    return JSON.parse(readFileSync(report, 'utf8')) as TestReport;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
