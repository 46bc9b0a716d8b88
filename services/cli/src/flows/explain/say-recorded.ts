import type { PostVoucher } from '@voucherline/contracts';
import { pathText } from '@voucherline/mapping';
import type { CommandContext } from '../../command.js';
import { type Difference, differencesOf, shown } from '../differences.js';
import { words } from '../mismatches.js';
import { type ShownVoucher, shownOf } from '../outcome.js';
import { sayFields } from '../traced.js';
import type { EvaluatedAgain } from './evaluated-again.js';

/** Every field of a command as it was recorded, with where it came from; what comes out otherwise today is said, never hidden. */
export function sayRecorded(command: PostVoucher, again: EvaluatedAgain, context: CommandContext): void {
  const recorded = recordedOf(command);
  const outcome = again.kind === 'evaluated' ? again.outcome : undefined;
  const made = outcome?.kind === 'voucher' ? outcome : undefined;
  sayCaveats(again, made === undefined ? [] : differencesOf(recorded, shownOf(made.rendering)), context);
  sayFields(recorded, made?.trace ?? [], context);
}

function sayCaveats(again: EvaluatedAgain, differences: readonly Difference[], context: CommandContext): void {
  if (again.kind === 'not') {
    context.say(`  Only what was recorded is shown, because ${again.reason}. 只显示已记录的值，无法重新计算。`);
    return;
  }
  if (again.dateByHand) context.say('  The accounting date was given by a person. 记账日期由人工指定。');
  if (again.outcome.kind !== 'voucher') {
    context.say(`  NOT THE SAME 不一致: evaluated again it would be ${words(again.outcome)}.`);
    context.say('  Shown is what was recorded and written. 以下为实际写入的值。');
  } else if (differences.length > 0) {
    context.say('  NOT THE SAME 不一致: shown below is what was recorded and written; evaluated again these differ:');
    context.say('  以下为实际写入的值；重新计算后不同的字段：');
    for (const { path, before, after } of differences) {
      context.say(`    ${pathText(path)}: recorded 已记录 ${shown(before)} / now 现在 ${shown(after)}`);
    }
  } else {
    context.say('  Evaluated again it is the same, byte for byte. 重新计算结果一致。');
  }
}

function recordedOf({ accountingDate, expectation, payload, exclusive }: PostVoucher): ShownVoucher {
  const { amount, payee } = expectation;
  return {
    ...{ accountingDate, ...amount },
    ...(payee !== undefined && { payee }),
    payload,
    ...(exclusive && { exclusive }),
  };
}
