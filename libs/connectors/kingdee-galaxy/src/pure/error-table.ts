import type { Refusal, Throttled } from '@voucherline/connector-kit';
import type { Owner } from '@voucherline/contracts';

/** What a refusing ResponseStatus of Kingdee says. */
export interface KingdeeRefusal {
  readonly msgCode: number;
  /** The messages, in order. */
  readonly words: readonly string[];
}

/** Refused by the state of the document (already audited, in approval …): whoever asked reads the document back. */
export const STATE = 'STATE';

/**
 * What a refusal means. `sessionLost`: the caller is not known (any more) · `unclear`: Kingdee's own words do not say
 * whether something was executed (exceptions, database faults, codes that are not in the table).
 */
export type Meaning =
  | Refusal
  | Throttled
  | { readonly kind: 'sessionLost' }
  | { readonly kind: 'unclear'; readonly reason: string };

interface Row {
  readonly owner: Owner;
  readonly nextStep: string;
}

/** By MsgCode (kingdee.md §3). */
const BY_CODE: Readonly<Record<number, Row>> = {
  2: {
    owner: 'administrator',
    nextStep: 'Give the integration user the permission for this form and operation, then release.',
  },
  3: { owner: 'finance', nextStep: 'Report it: the connector asked for an operation that this form does not have.' },
  5: { owner: 'finance', nextStep: 'Report it: the connector asked without a document id.' },
  7: { owner: 'administrator', nextStep: 'Renew or extend the Kingdee licence, then release.' },
  8: { owner: 'finance', nextStep: 'Mend the value Kingdee names, in the flow or in Kingdee, then release.' },
  9: {
    owner: 'finance',
    nextStep: 'Make, audit or enable the base data Kingdee names, or mend the mapping, then release.',
  },
  10: { owner: 'finance', nextStep: 'Look in Kingdee whether the document was deleted.' },
  11: {
    owner: 'finance',
    nextStep: 'Mend what Kingdee names (open the period, complete the dimension …), then release.',
  },
  12: {
    owner: 'finance',
    nextStep: "Look at the document's status in Kingdee; withdraw or finish its approval there, then release.",
  },
  15: { owner: 'administrator', nextStep: 'Use an integration user that is no administrator, then release.' },
};

const LOCK_MS = 5_000;
const CALL_LIMIT_MS = 60_000;

/** Words that decide whatever the code is, because the code is often only 4 or 11 (kingdee.md §3). First hit counts. */
const BY_WORDS: readonly { readonly pattern: RegExp; readonly meaning: 'sessionLost' | 'state' | Throttled | Row }[] = [
  { pattern: /会话信息已丢失/, meaning: 'sessionLost' },
  { pattern: /冲突，请稍候再使用/, meaning: { kind: 'throttled', afterMs: LOCK_MS } },
  {
    pattern: /元数据中标识为.+的字段不存在|实体不存在此属性|业务对象不存在/,
    meaning: {
      owner: 'administrator',
      nextStep:
        'Add the field or form Kingdee names to this account set (the key field: see the README), then release.',
    },
  },
  { pattern: /您没有.*权限/, meaning: BY_CODE[2] as Row },
  {
    pattern: /关联数量/,
    meaning: {
      owner: 'finance',
      nextStep: 'The application has no open amount left: look in Kingdee for its payment bill.',
    },
  },
  {
    pattern: /转换规则/,
    meaning: {
      owner: 'administrator',
      nextStep: 'Enable a default rule CN_PAYAPPLY→AP_PAYBILL for the organisation, then release.',
    },
  },
  {
    pattern: /下游单据|已下推|被关联/,
    meaning: {
      owner: 'finance',
      nextStep: 'Documents in Kingdee were made from this one: take those back there first, then release.',
    },
  },
  { pattern: /已审核|审核中|重新审核|已提交|未提交|已作废/, meaning: 'state' },
];

/** Reads the table. What it does not name is `unclear`. */
export function meaningOf({ msgCode, words }: KingdeeRefusal): Meaning {
  const text = words.join('; ');
  const byWords = BY_WORDS.find(({ pattern }) => pattern.test(text))?.meaning;
  if (byWords === 'sessionLost' || msgCode === 1) return { kind: 'sessionLost' };
  if (byWords === 'state') return refusal(STATE, text, BY_CODE[12] as Row);
  if (byWords !== undefined) return 'kind' in byWords ? byWords : refusal(`MsgCode ${msgCode}`, text, byWords);
  if (msgCode === 13) return { kind: 'throttled', afterMs: LOCK_MS };
  if (msgCode === 14) return { kind: 'throttled', afterMs: CALL_LIMIT_MS };
  const row = BY_CODE[msgCode];
  if (row !== undefined) return refusal(`MsgCode ${msgCode}`, text, row);
  return { kind: 'unclear', reason: `MsgCode ${msgCode}: ${shown(text)}` };
}

export function refusal(code: string, words: string, { owner, nextStep }: Row): Refusal {
  return { kind: 'rejected', code, words: shown(words) || '(Kingdee gave no words)', owner, nextStep };
}

/** Words for people: cut, with digit runs masked that are long enough for bank accounts, telephones and identity cards. */
export function shown(words: string): string {
  return words.replace(/\d{11,}/g, (digits) => `…${digits.slice(-4)}`).slice(0, 500);
}
