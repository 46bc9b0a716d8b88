import type { Status, StoredDocument } from '../documents/index.js';
import type { FormSpec } from '../forms.js';
import { type ErrorRow, GalaxyRefusal } from '../reply.js';
import { namedDocuments, type Request, type Workplace } from './operation.js';
import { checkPeriod, checkSubmission } from './validate.js';

/** What an operation does to a document's state (kingdee.md §4.2). `to` absent: it is deleted. */
interface Transition {
  readonly from: readonly Status[];
  readonly to?: Status;
  readonly cancelled?: boolean;
}

const TRANSITIONS: Readonly<Record<string, Transition>> = {
  Submit: { from: ['A', 'D'], to: 'B' },
  Audit: { from: ['B'], to: 'C' },
  UnAudit: { from: ['C'], to: 'D' },
  CancelAssign: { from: ['B'], to: 'A' },
  Delete: { from: ['Z', 'A', 'D'] },
  Cancel: { from: ['A', 'D'], to: 'A', cancelled: true },
  UnCancel: { from: ['A', 'D'], to: 'A', cancelled: false },
};

const STATUS_WORDS: Readonly<Record<Status, string>> = {
  Z: '暂存',
  A: '未提交',
  B: '审核中',
  C: '已审核',
  D: '重新审核',
};

export const isTransition = (operation: string): boolean => Object.hasOwn(TRANSITIONS, operation);

/** Row by row: what was done, and what was not with its words. */
export interface TransitionResult {
  readonly done: readonly StoredDocument[];
  readonly refusal: GalaxyRefusal | undefined;
}

/** Does the operation to each named document; each succeeds or fails for itself. */
export async function transition(operation: string, request: Request, workplace: Workplace): Promise<TransitionResult> {
  const done: StoredDocument[] = [];
  const errors: (ErrorRow & { msgCode: number })[] = [];
  const written: Promise<void>[] = [];
  for (const [DIndex, named] of namedDocuments(workplace.store, request).entries()) {
    try {
      const document = changed(operation, named, request.form, workplace);
      written.push(TRANSITIONS[operation]?.to ? workplace.store.put(document) : workplace.store.delete(document));
      done.push(document);
    } catch (error) {
      if (!(error instanceof GalaxyRefusal)) throw error;
      for (const row of error.errors) errors.push({ ...row, DIndex, msgCode: error.msgCode });
    }
  }
  await Promise.all(written);
  const [first] = errors;
  if (first === undefined) return { done, refusal: undefined };
  const rows = errors.map(({ FieldName, Message, DIndex }) => ({ FieldName, Message, DIndex }));
  return { done, refusal: new GalaxyRefusal(first.msgCode, rows) };
}

function changed(
  operation: string,
  named: StoredDocument | { readonly missing: string },
  form: FormSpec,
  workplace: Workplace,
): StoredDocument {
  if ('missing' in named) throw new GalaxyRefusal(9, `编码值["${named.missing}"]不存在`);
  const { from, to, cancelled } = TRANSITIONS[operation] as Transition;
  if (!from.includes(named.status) || (named.cancelled && operation !== 'UnCancel' && operation !== 'Delete')) {
    const state = named.cancelled ? '已作废' : STATUS_WORDS[named.status];
    throw new GalaxyRefusal(12, `单据编号为“${named.number}”的${form.title}${state}，不允许执行操作${operation}`);
  }
  if (operation === 'Submit') checkSubmission(named, workplace);
  if (operation === 'Audit' || operation === 'UnAudit') checkPeriod(named, workplace);
  if (operation === 'UnAudit' && workplace.downstream.has(named.id)) {
    // Our own text: none is known.
    throw new GalaxyRefusal(11, `单据编号为“${named.number}”的${form.title}存在下游单据，不允许反审核`);
  }
  const now = Date.now();
  const audited = operation === 'Audit' ? { auditedAt: now } : {};
  return { ...named, ...audited, modifiedAt: now, status: to ?? named.status, cancelled: cancelled ?? named.cancelled };
}
