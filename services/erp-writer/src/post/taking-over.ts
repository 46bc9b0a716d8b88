import type { PostingRecord } from '@voucherline/domain';
import type { LedgerEffect } from '@voucherline/store';
import { recovered } from './adopt.js';
import type { Desk } from './desk.js';
import { changeEffects, reversedEffect } from './effects.js';
import { type Heard, heardKey } from './heard.js';
import { active, type Posting } from './lane-state.js';

/** Lets what the log knows better be known here too, once the voucher it is about is at hand; says whether there was any. */
export function takeOver(desk: Desk, now: number): boolean {
  if (desk.state.heard === undefined) return false;
  for (const posting of active(desk.state)) {
    const { command, record } = posting;
    const known = record && forget(desk, command.data.voucherKey, record.generation);
    if (record === null || known == null) continue;
    const next = recovered(record, known, now);
    desk.correct(posting, next, recoveredEffects(posting, record, next, now), now);
    return true;
  }
  for (const [voucherKey, { as, generation }] of Object.entries(desk.state.ended)) {
    const known = as === 'confirmed' ? forget(desk, voucherKey, generation) : undefined;
    if (known === undefined) continue;
    if (known.ended === 'reversed') {
      desk.note([reversedEffect({ voucherKey, generation }, now)]);
      desk.endAs(voucherKey, 'reversed');
    }
    return true;
  }
  return false;
}

/** What was heard, which is then known. */
function forget(desk: Desk, voucherKey: string, generation: number): Heard | undefined {
  const key = heardKey(voucherKey, generation);
  const { [key]: known, ...heard } = desk.state.heard ?? {};
  if (known === undefined) return undefined;
  const { heard: _, ...rest } = desk.state;
  desk.state = Object.keys(heard).length === 0 ? rest : { ...rest, heard };
  return known;
}

/** Of a reversal that this ledger never saw confirmed it learns only that nothing is live. */
function recoveredEffects(
  { command }: Posting,
  before: PostingRecord,
  after: PostingRecord,
  at: number,
): readonly LedgerEffect[] {
  const about = { voucherKey: command.data.voucherKey, generation: after.generation };
  if (after.situation.name !== 'reversed') return changeEffects(about.voucherKey, before, after, at);
  if (before.confirmation !== null) return [reversedEffect(about, at)];
  return [{ kind: 'stage', ...about, stage: 'discarded', at }];
}
