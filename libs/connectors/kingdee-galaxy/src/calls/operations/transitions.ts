import type { CallContext, TargetOperation, WriteOutcome } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { STATE } from '../../pure/error-table.js';
import { doneWith, write } from '../write.js';

type Transition = 'Submit' | 'Audit' | 'Delete' | 'UnAudit' | 'CancelAssign';

/** Moves one document by id (kingdee.md §4.2). Done a second time it is refused by state (code STATE), so it repeats. */
export function move(transition: Transition, form: string, id: string, context: CallContext): Promise<WriteOutcome> {
  const body = { formid: form, data: { CreateOrgId: 0, Numbers: [], Ids: id } };
  return write(context, { operation: transition, body, repeatable: true }, (json) => doneWith(json, id));
}

export function transitions(form: string): Pick<TargetOperation, 'submit' | 'post' | 'void'> {
  return {
    submit: (id, context) => move('Submit', form, id, context),
    post: (id, context) => move('Audit', form, id, context),
    void: async (id, context) => withdrawFirst(await move('Delete', form, id, context)),
  };
}

/** A submitted document can't be deleted; taking it out of somebody's approval is for people. */
function withdrawFirst(outcome: WriteOutcome): WriteOutcome {
  if (outcome.kind !== 'rejected' || outcome.code !== STATE) return outcome;
  return {
    ...outcome,
    nextStep: inBoth(
      'In Kingdee withdraw the submission or undo the audit, delete the document, then release.',
      '请在金蝶中撤销提交或反审核，删除该单据，然后放行。',
    ),
  };
}
