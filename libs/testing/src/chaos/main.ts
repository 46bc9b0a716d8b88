import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkout } from '@voucherline/local';
import { campaign } from './campaign.js';
import { exitCodeOf, keepReport } from './report.js';

/** Seeds of campaigns that once found something. Never pruned. */
interface Regression {
  readonly seed: number;
  readonly minutes: number;
  readonly found: string;
}

const say = (line: string): void => console.log(line);

async function run(seed: number, minutes: number): Promise<number> {
  say(`chaos: seed ${seed}, ${minutes} min`);
  const outcome = await campaign(seed, minutes, say);
  const { markdown, path } = keepReport(outcome);
  say(`\n${markdown}\n${path}`);
  return exitCodeOf(outcome);
}

function number(name: string, given: string, least: number): number {
  const value = Number(given);
  if (!(value >= least)) throw new Error(`--${name} ${given}: give a number from ${least}`);
  return value;
}

// What we started is killed as this process exits, and only then.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    regressions: { type: 'boolean', default: false },
  },
});
const kept = join(checkout, 'libs', 'testing', 'src', 'chaos', 'regression-seeds.json');
const wanted = values.regressions
  ? (JSON.parse(readFileSync(kept, 'utf8')) as readonly Regression[])
  : [{ seed: number('seed', values.seed, 0), minutes: number('minutes', values.minutes, 0.5) }];
const codes: number[] = [];
for (const { seed, minutes } of wanted) codes.push(await run(seed, minutes));
process.exit(codes.includes(1) ? 1 : codes.includes(2) ? 2 : 0);
