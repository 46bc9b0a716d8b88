import { stringify } from 'yaml';
import type { CommandContext } from '../command.js';
import { type Outcome, shownOf } from './outcome.js';
import { sayFields } from './traced.js';

/** What came out, as it would stand in a case, and where each field came from. */
export function sayRendering(outcome: Outcome, context: CommandContext): void {
  context.say(stringify({ expect: expectationOf(outcome) }, { lineWidth: 0 }).trimEnd());
  if (outcome.kind === 'parked') {
    context.say(`\nreason 原因    ${outcome.reason}`);
    context.say(`next step 下一步  ${outcome.nextStep}`);
  }
  if (outcome.kind !== 'voucher') return;
  context.say('\nwhere it came from 来源');
  sayFields(shownOf(outcome.rendering), outcome.trace, context);
}

function expectationOf(outcome: Outcome): object {
  if (outcome.kind === 'skipped') return { skipped: true };
  if (outcome.kind === 'parked') return { parked: outcome.code };
  const { lookups } = outcome.rendering;
  return { voucher: { ...shownOf(outcome.rendering), ...(lookups && { lookups }) } };
}
