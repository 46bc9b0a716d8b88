import type { LedgerEffect } from '@voucherline/store';
import type { KeyedDraft } from '@voucherline/work';

/** What one step says and does beside changing the lane's state. */
export interface Notes {
  readonly messages: readonly KeyedDraft[];
  readonly effects: readonly LedgerEffect[];
}

export const noNotes: Notes = { messages: [], effects: [] };

export function joined(a: Notes, b: Notes): Notes {
  return { messages: [...a.messages, ...b.messages], effects: [...a.effects, ...b.effects] };
}
