import { carriedKey, type VoucherIntent } from '@voucherline/connector-kit';
import { quoted } from '../query.js';

/** How documents are found that carry an intent's key, in any generation up to the intent's. */
export interface CarriedKeys {
  /** For a FilterString. */
  readonly filter: string;
  /** The database compares without regard to case and trailing blanks; here texts are compared exactly. */
  has(text: string | undefined): boolean;
}

export function carriedKeys({ voucherKey, generation }: VoucherIntent, keyField: string): CarriedKeys {
  const texts = Array.from({ length: generation }, (_, before) => carriedKey(voucherKey, before + 1));
  return {
    filter: texts.map((text) => `${keyField}=${quoted(text)}`).join(' or '),
    has: (text) => text !== undefined && texts.includes(text),
  };
}
