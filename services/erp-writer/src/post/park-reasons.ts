import { inBoth } from '@voucherline/contracts';
import type { ParkReason } from '@voucherline/pipeline';

/** The target has no way back for this document. */
export const REVERSAL: ParkReason = {
  code: 'reversal.by-hand',
  reason: inBoth(
    'The voucher has to be reversed, which this operation leaves to a person.',
    '该凭证须冲销，此操作只能由人工完成。',
  ),
  owner: 'finance',
  nextStep: inBoth(
    'Reverse or delete the document in the ERP, then discard this case: that says it is reversed.',
    '请在 ERP 中冲销或删除该单据，然后放弃本事项：即表示已冲销。',
  ),
};

/** The key was used for something else. */
export const KNOWN_OTHERWISE: ParkReason = {
  code: 'posting.known-otherwise',
  reason: inBoth(
    'A voucher with this key stands or ended here with other content; nothing was sent for this command.',
    '同一键的凭证已以其他内容存在或结束；本指令未发送任何内容。',
  ),
  owner: 'operations',
  nextStep: inBoth(
    'Compare the two commands of this subject; discard this one, and book a difference by hand.',
    '请比较该审批的两条指令；放弃本条，差额手工记账。',
  ),
};
