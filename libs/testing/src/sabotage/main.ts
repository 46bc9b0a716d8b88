import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkout } from '@voucherline/local';
import { type Caught, runSabotage, runUntouched } from './run.js';
import { SABOTAGES } from './sabotages.js';

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const chosen = SABOTAGES.filter(({ name }) => values.only === undefined || values.only.includes(name));
if (chosen.length === 0) throw new Error(`--only: there are ${SABOTAGES.map(({ name }) => name).join(', ')}`);

console.log(`sabotage: ${chosen.length} guards, each switched off alone; first the same tests with all of them on`);
const broken = await runUntouched(chosen);
if (broken.length > 0) {
  console.log(`these tests fail without any sabotage, so the campaign would prove nothing:\n  ${broken.join('\n  ')}`);
  process.exit(2);
}

const results: Caught[] = [];
for (const sabotage of chosen) {
  const result = await runSabotage(sabotage);
  results.push(result);
  const verdict = result.caught ? `caught, ${result.tries} tried` : `NOT CAUGHT: ${result.trouble}`;
  console.log(
    `  ${sabotage.tier.padEnd(11)} ${sabotage.name.padEnd(28)} ${result.seconds.toFixed(0).padStart(3)} s  ${verdict}`,
  );
}

const folder = join(checkout, '.data', 'sabotage');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'latest.md'), table(results));
const missed = results.filter(({ caught }) => !caught);
console.log(`\n${results.length - missed.length} of ${results.length} caught; the table: ${join(folder, 'latest.md')}`);
if (missed.length > 0) {
  console.log(`again: npm run sabotage -- ${missed.map(({ sabotage }) => `--only ${sabotage.name}`).join(' ')}`);
  process.exit(1);
}

/** The table that the room's README shows. */
function table(caught: readonly Caught[]): string {
  const rows = caught.map(
    ({ sabotage: { what, guards, tier, test }, caught: ok, tries }) =>
      `| ${what} | ${guards} | ${tier} | ${ok ? `yes, after ${tries}` : '**no**'} | ${test} |`,
  );
  return ['| sabotage | invariant or mode | tier | caught | by the test |', '|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}
