import { inBoth } from '@voucherline/contracts';
import type { DocumentName, ExclusiveTaken, Hold, PostingRefusal, SendStep } from './record.js';
import type { Level } from './terms.js';

/** What a document that stands for another voucher is said to be. */
export const CARRIES_OTHER = inBoth('it carries the key of another voucher', '单据上是另一张凭证的键');

const names = (documents: readonly DocumentName[]): string => documents.map(({ id }) => id).join(', ');
const keys = (documents: readonly DocumentName[]): readonly string[] => documents.map(({ document }) => document);

/** A release of this hold lets the one voucher go on. */
export const LEVEL_NOT_SHOWN = 'operation.level-not-shown';

/** The reasons for which a posting stops until a person has looked, each with the way out. */
export const HOLDS = {
  foundBefore: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.found-before',
    reason: inBoth(
      `The ERP already holds a document for this approval (${names(documents)}) that Voucherline did not make. Nothing was sent.`,
      'ERP 中已有该审批的单据，并非由本系统生成。未发送任何内容。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'If it is the voucher of this approval, discard; if it was made in error, delete it in the ERP and release.',
      '若该单据就是本审批的凭证，请放弃；若属误录，请在 ERP 中删除后放行。',
    ),
    documents: keys(documents),
  }),
  foreign: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.other-document',
    reason: inBoth(
      `Another document for this approval stands in the ERP (${names(documents)}) that is not the one Voucherline may post.`,
      'ERP 中存在该审批的另一张单据，不是本系统可以过账的那一张。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Decide which document is right; delete the others in the ERP and release, or discard.',
      '请确认哪张单据正确；在 ERP 中删除其余单据后放行，或放弃。',
    ),
    documents: keys(documents),
  }),
  several: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.several',
    reason: inBoth(
      `Several documents of this voucher stand in the ERP (${names(documents)}) and not all of them are drafts.`,
      'ERP 中有本凭证的多张单据，且不全是草稿。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Reverse or delete what is too much in the ERP, then release.',
      '请在 ERP 中冲销或删除多余的单据，然后放行。',
    ),
    documents: keys(documents),
  }),
  differs: (document: DocumentName, differences: readonly string[]): Hold => ({
    code: 'posting.differs',
    reason: `${inBoth(`Document ${document.id} shows something else than was approved`, '单据内容与审批不一致')}: ${differences.join('; ')}.`,
    owner: 'finance',
    nextStep: inBoth(
      'Put the document right in the ERP and release, or discard and book by hand.',
      '请在 ERP 中更正单据后放行，或放弃并手工记账。',
    ),
    documents: keys([document]),
  }),
  gone: (document: DocumentName): Hold => ({
    code: 'posting.gone',
    reason: inBoth(
      `Document ${document.id}, chosen for this voucher, was deleted or cancelled in the ERP.`,
      '为本凭证选定的单据已在 ERP 中被删除或作废。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Find out who deleted it and why; discard, and book by hand if the voucher is still wanted.',
      '请查明由谁删除及原因；然后放弃，仍需要该凭证时手工记账。',
    ),
    documents: keys([document]),
  }),
  taken: (document: DocumentName): Hold => ({
    code: 'posting.double-taken',
    reason: inBoth(
      `Draft ${document.id} of this voucher, which had to be deleted, was submitted or posted by someone else.`,
      '本凭证应删除的草稿已被他人提交或过账。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Reverse or delete that document in the ERP, then release.',
      '请在 ERP 中冲销或删除该单据，然后放行。',
    ),
    documents: keys([document]),
  }),
  undeletable: (document: DocumentName, refusal: PostingRefusal | null): Hold => ({
    code: 'posting.draft-stays',
    reason: `${inBoth(`Draft ${document.id} of this voucher has to go, but could not be deleted`, '本凭证多余的草稿无法删除')}${refusal === null ? '.' : `: ${refusal.words}`}`,
    owner: refusal?.owner ?? 'finance',
    nextStep:
      refusal?.nextStep ?? inBoth('Delete the draft in the ERP, then release.', '请在 ERP 中删除该草稿，然后放行。'),
    documents: keys([document]),
  }),
  vanished: (): Hold => ({
    code: 'posting.not-found',
    reason: inBoth(
      'The ERP said that it made the document, but no look-up finds it.',
      'ERP 答复已生成单据，但查询不到。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Look for the document in the ERP; release to look again, or discard.',
      '请在 ERP 中查找该单据；放行则再查询一次，或放弃。',
    ),
    documents: [],
  }),
  notPosted: (document: DocumentName): Hold => ({
    code: 'posting.not-final',
    reason: inBoth(
      `The ERP said that it posted document ${document.id}, but the document does not show it.`,
      'ERP 答复已过账，但单据状态并未显示过账。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Look at the document in the ERP (an approval of its own may be under way), then release.',
      '请在 ERP 中查看该单据（可能正在 ERP 自身的审批流程中），然后放行。',
    ),
    documents: keys([document]),
  }),
  undecided: (step: SendStep, documents: readonly DocumentName[]): Hold => ({
    code: 'posting.in-doubt',
    reason: inBoth(`The outcome of "${step}" stayed unknown several times in a row.`, '该步骤的结果连续多次未知。'),
    owner: 'operations',
    nextStep: inBoth(
      'Look at what the ERP answers and mend the cause, then release: it is looked up before anything is sent.',
      '请查看 ERP 的应答并排除原因，然后放行：发送之前会先查询。',
    ),
    documents: keys(documents),
  }),
  unsearchable: (): Hold => ({
    code: 'posting.no-look-up',
    reason: inBoth(
      'The outcome of the create is unknown, and this ERP can not be searched for it.',
      '生成单据的结果未知，且无法在该 ERP 中查询。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Look for the document in the ERP. If it is there, discard; if it is not, release.',
      '请在 ERP 中查找该单据：已存在则放弃，不存在则放行。',
    ),
    documents: [],
  }),
  impatient: (waitingFor: string): Hold => ({
    code: 'posting.prerequisite',
    reason: `${inBoth('Nothing was sent: waited as long as the flow allows', '未发送任何内容：已等到流程允许的最长时间')}: ${waitingFor}.`,
    owner: 'finance',
    nextStep: inBoth('See to what is waited for in the ERP, then release.', '请在 ERP 中处理所等待的事项，然后放行。'),
    documents: [],
  }),
  older: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.older-taken',
    reason: inBoth(
      `A document of the refused voucher that this one takes the place of (${names(documents)}) was submitted or posted.`,
      '被本凭证取代的、原先被拒绝的凭证，其单据已被提交或过账。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'If it is to stand, discard; else reverse or delete it in the ERP and release.',
      '若应保留该单据，请放弃；否则请在 ERP 中冲销或删除后放行。',
    ),
    documents: keys(documents),
  }),
  postedAfterAll: (document: DocumentName): Hold => ({
    code: 'posting.replaced-posted',
    reason: inBoth(
      `Document ${document.id} was to be replaced by another content, but is posted.`,
      '该单据本应以新内容取代，但已过账。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Reverse or delete it in the ERP and release; then the new content is posted.',
      '请在 ERP 中冲销或删除后放行；随后按新内容过账。',
    ),
    documents: keys([document]),
  }),
  notTakenBack: (document: DocumentName, refusal: PostingRefusal | null): Hold => ({
    code: refusal === null ? 'posting.not-taken-back' : `posting.not-taken-back.${refusal.code}`,
    reason:
      refusal === null
        ? inBoth(
            `Document ${document.id} has to be taken back, but stays as it is.`,
            '该单据须撤回，但在 ERP 中状态未变。',
          )
        : `${inBoth(`The ERP refused to take document ${document.id} back`, 'ERP 拒绝撤回该单据')}: ${refusal.words}`,
    owner: refusal?.owner ?? 'finance',
    nextStep:
      refusal?.nextStep ??
      inBoth(
        'Take the document back in the ERP, then release.',
        '请在 ERP 中撤回该单据（撤销提交或反审核），然后放行。',
      ),
    documents: keys([document]),
  }),
  notLinked: (id: string, document: DocumentName | null, differences: readonly string[]): Hold => ({
    code: 'posting.link-refused',
    reason: `${inBoth(`Document ${id} can not stand for this voucher`, '该单据不能作为本凭证的单据')}: ${differences.join('; ')}.`,
    owner: 'finance',
    nextStep: inBoth(
      'Link the right document, declare it absent, or discard.',
      '请指定正确的单据（in-doubt link），或确认没有单据（in-doubt absent），或放弃。',
    ),
    documents: document === null ? [] : keys([document]),
  }),
  exclusiveTaken: ({ name, voucherKey, voucher, subject }: ExclusiveTaken): Hold => ({
    code: 'posting.exclusive-taken',
    reason: inBoth(
      `"${name}" is booked already, by voucher ${voucher} (${voucherKey}) of ${subject}. Nothing was sent.`,
      '该值已由上述凭证入账。未发送任何内容。',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'If it is the same expense, discard; if not, mend the value in the approval, or take the other voucher back and release.',
      '若为同一笔费用，请放弃；否则请更正审批中的值，或撤回另一张凭证后放行。',
    ),
    documents: [],
  }),
  levelNotShown: (level: Level): Hold => ({
    code: LEVEL_NOT_SHOWN,
    reason: inBoth(
      `The conformance kit has not shown that this operation keeps its declared level ${level}. Nothing was sent.`,
      '该操作声明的保证级别尚未通过一致性测试验证。未发送任何内容。',
    ),
    owner: 'administrator',
    nextStep: inBoth(
      'Run the conformance kit against the ERP; release to let this one voucher go on.',
      '请对该 ERP 运行一致性测试；放行则仅让这一张凭证继续。',
    ),
    documents: [],
  }),
  unreadable: (refusal: PostingRefusal, documents: readonly DocumentName[]): Hold => ({
    code: `posting.read-refused.${refusal.code}`,
    reason: `${inBoth('The ERP refused to show what is needed', 'ERP 拒绝查询')}: ${refusal.words}`,
    owner: refusal.owner,
    nextStep: refusal.nextStep,
    documents: keys(documents),
  }),
} as const;
