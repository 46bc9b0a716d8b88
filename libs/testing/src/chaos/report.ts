import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '@voucherline/local';
import { hasFaults, type Outcome } from './campaign.js';
import type { Spread } from './figures.js';
import { INVARIANTS, NOT_CHECKED } from './invariants.js';

/** 0: all held. 1: something broke. 2: nothing broke, and some fault never bit, so the run does not count. */
export function exitCodeOf(outcome: Outcome): 0 | 1 | 2 {
  if (hasFaults(outcome)) return 1;
  return outcome.didNotHappen.length === 0 ? 0 : 2;
}

/** Keeps the report as Markdown and JSON; gives where. */
export function keepReport(outcome: Outcome): { readonly markdown: string; readonly path: string } {
  const folder = join(dataFolder, 'chaos');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `seed-${outcome.seed}-${outcome.minutes}min`);
  const markdown = markdownOf(outcome);
  writeFileSync(`${path}.md`, markdown);
  writeFileSync(`${path}.json`, `${JSON.stringify({ ...outcome, exitCode: exitCodeOf(outcome) }, null, 2)}\n`);
  return { markdown, path: `${path}.md` };
}

function markdownOf(outcome: Outcome): string {
  const { seed, minutes, vouchers, refused, settledAfter, counters, didNotHappen, notInjected } = outcome;
  const verdict = ['all invariants held', 'BROKEN', 'does NOT count'][exitCodeOf(outcome)];
  const i1 = outcome.faults.I1 ?? [];
  const count = (words: RegExp) => i1.filter((fault) => words.test(fault)).length;
  const all = { ...outcome.faultsAfterReplay };
  return [
    `# Chaos: ${verdict}`,
    '',
    `Seed ${seed}, ${minutes} min of faults, two processes of each service. The seed repeats the schedule, not what the processes`,
    `make of it. Again: \`npm run chaos -- --minutes ${minutes} --seed ${seed}\``,
    '',
    '| figure | value |',
    '| --- | --- |',
    `| vouchers owed | ${vouchers} (and ${refused} refused requests, which are owed none) |`,
    `| lost | ${count(/ is missing$/)} |`,
    `| doubled | ${count(/ is there \d+ times/)} |`,
    `| wrong content | ${count(/ is over |was pushed from|is not audited/)} |`,
    `| phantom or left behind | ${(outcome.faults.I2 ?? []).length} |`,
    `| all right after the healing, s | ${settledAfter?.toFixed(1) ?? 'never'} |`,
    `| recovery of what was open then, s | ${inWords(outcome.recovery)} |`,
    `| from approval to posting, under faults, s | ${inWords(outcome.postedAfter)} |`,
    `| copies of callbacks acknowledged, under faults, ms | ${inWords(outcome.acknowledgedAfter)} |`,
    '',
    ...(didNotHappen.length > 0 ? [`**Does not count**: never happened: ${didNotHappen.join(', ')}.`, ''] : []),
    '| invariant | after settling | after replaying everything |',
    '| --- | --- | --- |',
    ...Object.keys(all).map((name) => {
      const says = INVARIANTS[name]?.says ?? 'replaying everything changes nothing';
      return `| ${name}: ${says} | ${verdictOf(outcome.faults[name])} | ${verdictOf(all[name])} |`;
    }),
    '',
    ...Object.entries(all)
      .flatMap(([name, faults]) => [...new Set([...(outcome.faults[name] ?? []), ...faults])])
      .slice(0, 100)
      .map((fault) => `- ${fault}`),
    '',
    '| counted | times |',
    '| --- | --- |',
    ...Object.entries(counters).map(([name, times]) => `| ${name} | ${times} |`),
    '',
    'Not checked here:',
    ...Object.entries(NOT_CHECKED).map(([name, why]) => `- ${name}, ${why}`),
    '',
    `Not injected: ${notInjected.join('; ')}.`,
    '',
  ].join('\n');
}

function verdictOf(faults: readonly string[] | undefined): string {
  if (faults === undefined) return '';
  return faults.length === 0 ? 'held' : `${faults.length} faults`;
}

function inWords({ p50, p95, p99, max }: Spread): string {
  return `p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)}`;
}
