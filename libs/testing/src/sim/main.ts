import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Campaign } from './campaign.js';
import { histories } from './crew.js';
import { type History, historyOf } from './history.js';

const TRACES = join('.data', 'sim');
const PROGRESS_MS = 5_000;

/** `npm run sim -- --seeds N [--seed S]`: N histories from seed S on (default 1). Ends at the first that fails, with the way to repeat it. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string', default: '1' } } });
  const first = whole('seed', values.seed);
  const seeds = whole('seeds', values.seeds ?? '1');
  console.log(`sim: commit ${commit()}, seeds ${first} to ${first + seeds - 1}`);
  const campaign = new Campaign();
  let told = Date.now();
  for await (const history of histories(first, seeds)) {
    campaign.add(history);
    if (history.failure !== undefined) return tellFailure(history);
    if (Date.now() - told < PROGRESS_MS) continue;
    told = Date.now();
    console.log(`sim: ${campaign.progress(seeds)}`);
  }
  console.log(campaign.table());
  console.log(`sim: ${campaign.summary()}: no invariant was broken`);
  const { missing } = campaign;
  // A few histories can't meet everything.
  if (seeds < 100 || missing.length === 0) return true;
  console.log(`sim: FAILED: no history met ${missing.join(', ')}; what does not bite proves nothing`);
  return false;
}

/** The same seed again, with its steps kept; that it ends alike shows that it can be repeated. */
async function tellFailure({ seed, failure, hash }: History): Promise<false> {
  const again = await historyOf(seed, true);
  const path = join(TRACES, `seed-${seed}.log`);
  mkdirSync(TRACES, { recursive: true });
  writeFileSync(path, `${again.lines.join('')}\n${failure}\n`);
  console.log(`sim: FAILED at seed ${seed}, commit ${commit()}: ${failure}`);
  if (again.hash !== hash)
    console.log('sim: the seed did not give the same history again: the simulation is not repeatable');
  console.log(`sim: its ${again.lines.length} steps are in ${path}`);
  console.log(`sim: repeat it with  npm run sim -- --seeds 1 --seed ${seed}`);
  return false;
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`--${name} "${text}" is no whole number`);
  return Number(text);
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes');
  } catch {
    return 'unknown';
  }
}

process.exitCode = (await main()) ? 0 : 1;
