import { pathText } from '@voucherline/mapping';
import { differencesOf, shown } from '../differences.js';
import { type Outcome, shownOf } from '../outcome.js';

/** How an approval fares otherwise under another version. */
export type ChangeKind = 'voucher' | 'parked' | 'unparked' | 'skipped' | 'taken' | 'cause';

export interface Change {
  readonly kind: ChangeKind;
  /** For people, a line each. */
  readonly lines: readonly string[];
}

/** What changes for one approval; undefined when nothing does. */
export function changeOf(before: Outcome, after: Outcome): Change | undefined {
  if (before.kind === 'voucher' && after.kind === 'voucher') {
    const differences = differencesOf(shownOf(before.rendering), shownOf(after.rendering));
    const lines = differences.map((one) => `${pathText(one.path)}: ${shown(one.before)} → ${shown(one.after)}`);
    return lines.length === 0 ? undefined : { kind: 'voucher', lines };
  }
  if (after.kind === 'parked') {
    if (before.kind !== 'parked') {
      return { kind: 'parked', lines: [`would be parked 将被挂起: ${after.code} (${after.reason})`] };
    }
    if (before.code === after.code) return undefined;
    return {
      kind: 'cause',
      lines: [`parked by another cause 挂起原因变化: ${before.code} → ${after.code} (${after.reason})`],
    };
  }
  if (before.kind === 'parked') {
    const now = after.kind === 'skipped' ? 'skipped 不再适用' : 'a voucher 生成凭证';
    return { kind: 'unparked', lines: [`no longer parked 不再挂起 (${before.code}): ${now}`] };
  }
  if (before.kind === after.kind) return undefined;
  return after.kind === 'skipped'
    ? { kind: 'skipped', lines: ['would be skipped 不再生成凭证'] }
    : { kind: 'taken', lines: ['no longer skipped, a voucher 开始生成凭证'] };
}
