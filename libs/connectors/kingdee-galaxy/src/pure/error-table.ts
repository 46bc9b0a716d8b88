import type { Refusal, Throttled } from '@voucherline/connector-kit';
import { inBoth, type Owner } from '@voucherline/contracts';

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
    nextStep: inBoth(
      'Give the integration user the permission for this form and operation, then release.',
      '请为集成用户授予该单据及操作的权限，然后放行。',
    ),
  },
  3: {
    owner: 'finance',
    nextStep: inBoth(
      'Report it: the connector asked for an operation that this form does not have.',
      '请报告：连接器调用了该单据没有的操作。',
    ),
  },
  5: {
    owner: 'finance',
    nextStep: inBoth('Report it: the connector asked without a document id.', '请报告：连接器的请求缺少单据标识。'),
  },
  7: {
    owner: 'administrator',
    nextStep: inBoth('Renew or extend the Kingdee licence, then release.', '请续期或扩充金蝶许可，然后放行。'),
  },
  8: {
    owner: 'finance',
    nextStep: inBoth(
      'Mend the value Kingdee names, in the flow or in Kingdee, then release.',
      '请在流程或金蝶中更正所提示的值，然后放行。',
    ),
  },
  9: {
    owner: 'finance',
    nextStep: inBoth(
      'Make, audit or enable the base data Kingdee names, or mend the mapping, then release.',
      '请在金蝶中新增、审核或启用所提示的基础资料，或修正映射，然后放行。',
    ),
  },
  10: {
    owner: 'finance',
    nextStep: inBoth('Look in Kingdee whether the document was deleted.', '请在金蝶中确认该单据是否已删除。'),
  },
  11: {
    owner: 'finance',
    nextStep: inBoth(
      'Mend what Kingdee names (open the period, complete the dimension …), then release.',
      '请处理金蝶所提示的问题（打开会计期间、补全核算维度等），然后放行。',
    ),
  },
  12: {
    owner: 'finance',
    nextStep: inBoth(
      "Look at the document's status in Kingdee; withdraw or finish its approval there, then release.",
      '请在金蝶中查看单据状态，撤销或完成其审批，然后放行。',
    ),
  },
  15: {
    owner: 'administrator',
    nextStep: inBoth(
      'Use an integration user that is no administrator, then release.',
      '请改用非管理员的集成用户，然后放行。',
    ),
  },
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
      nextStep: inBoth(
        'Add the field or form Kingdee names to this account set (the key field: see the README), then release.',
        '请在该账套中添加金蝶所提示的字段或单据（键字段见 README），然后放行。',
      ),
    },
  },
  { pattern: /您没有.*权限/, meaning: BY_CODE[2] as Row },
  {
    pattern: /关联数量/,
    meaning: {
      owner: 'finance',
      nextStep: inBoth(
        'The application has no open amount left: look in Kingdee for its payment bill.',
        '该付款申请单已无可下推金额：请在金蝶中查找其付款单。',
      ),
    },
  },
  {
    pattern: /转换规则/,
    meaning: {
      owner: 'administrator',
      nextStep: inBoth(
        'Enable a default rule CN_PAYAPPLY→AP_PAYBILL for the organisation, then release.',
        '请为该组织启用 CN_PAYAPPLY→AP_PAYBILL 的默认单据转换规则，然后放行。',
      ),
    },
  },
  {
    pattern: /下游单据|已下推|被关联/,
    meaning: {
      owner: 'finance',
      nextStep: inBoth(
        'Documents in Kingdee were made from this one: take those back there first, then release.',
        '金蝶中已有下游单据：请先撤回下游单据，然后放行。',
      ),
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
  return {
    kind: 'rejected',
    code,
    words: shown(words) || inBoth('(Kingdee gave no words)', '（金蝶未给出说明）'),
    owner,
    nextStep,
  };
}

/** Words for people: cut, with digit runs masked that are long enough for bank accounts, telephones and identity cards. */
export function shown(words: string): string {
  return words.replace(/\d{11,}/g, (digits) => `…${digits.slice(-4)}`).slice(0, 500);
}
