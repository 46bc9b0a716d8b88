import type { CallContext, TargetOperation, WriteOutcome } from '@voucherline/connector-kit';
import { STATE } from '../../pure/error-table.js';
import { doneWith, write } from '../write.js';

/** Submit, Audit and Delete of one document by id. Done a second time they are refused by state (code STATE), so they repeat. */
export function transitions(form: string): Pick<TargetOperation, 'submit' | 'post' | 'void'> {
  const send = (operation: 'Submit' | 'Audit' | 'Delete', id: string, context: CallContext): Promise<WriteOutcome> => {
    const body = { formid: form, data: { CreateOrgId: 0, Numbers: [], Ids: id } };
    return write(context, { operation, body, repeatable: true }, (json) => doneWith(json, id));
  };
  return {
    submit: (id, context) => send('Submit', id, context),
    post: (id, context) => send('Audit', id, context),
    void: async (id, context) => withdrawFirst(await send('Delete', id, context)),
  };
}

/** A submitted document can't be deleted; taking it out of somebody's approval is for people. */
function withdrawFirst(outcome: WriteOutcome): WriteOutcome {
  if (outcome.kind !== 'rejected' || outcome.code !== STATE) return outcome;
  return {
    ...outcome,
    nextStep: 'In Kingdee withdraw the submission (撤销) or undo the audit (反审核), delete it, then release.',
  };
}
