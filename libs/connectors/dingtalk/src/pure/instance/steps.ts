import type { ObservedApproval } from '@voucherline/connector-kit';
import { UnreadableDocument } from '@voucherline/connector-kit';
import { factId } from '@voucherline/contracts';
import type { Json, JsonObject } from '../strict-json.js';
import { listAt, objectAt, optionalTextAt, textAt } from './reading.js';

type Step = ObservedApproval['steps'][number];

const DECISIONS: Readonly<Record<string, Step['decision'] | undefined>> = { AGREE: 'agreed', REFUSE: 'refused' };

/**
 * The steps that decided something. Comments, copies and the vendor's bookkeeping are none (dingtalk.md §6.1). A record has no
 * id of its own, so a step's id is made of its facts and, among equal ones, of their count.
 */
export function stepsOf(instance: JsonObject, timeOf: (text: string, place: string) => string): readonly Step[] {
  const seen = new Map<string, number>();
  return listAt(instance.operation_records, 'operation_records').flatMap((value, index) => {
    const place = `operation_records[${index}]`;
    const record = objectAt(value, place);
    const decision = decisionOf(record, place);
    if (decision === undefined) return [];
    const userId = optionalTextAt(record.userid, `${place}.userid`) ?? '';
    const at = timeOf(textAt(record.date, `${place}.date`), `${place}.date`);
    const facts = factId('step', userId, at, String(record.operation_type), decision);
    const before = seen.get(facts) ?? 0;
    seen.set(facts, before + 1);
    return [{ step: before === 0 ? facts : factId(facts, before), userId, decision, at }];
  });
}

/** Whether a record is of the approval itself; talk about it is not, and neither is what we write onto it. */
export function isOfApproval(record: Json): boolean {
  const type = record !== null && typeof record === 'object' ? (record as JsonObject).operation_type : undefined;
  return type !== 'ADD_REMARK' && type !== 'PROCESS_CC' && type !== 'NONE';
}

function decisionOf(record: JsonObject, place: string): Step['decision'] | undefined {
  const type = optionalTextAt(record.operation_type, `${place}.operation_type`) ?? '';
  if (type === 'REDIRECT_TASK') return 'redirected';
  if (!type.startsWith('EXECUTE_TASK_')) return undefined;
  const result = optionalTextAt(record.operation_result, `${place}.operation_result`) ?? 'NONE';
  if (result === 'NONE') return undefined;
  const decision = DECISIONS[result];
  if (decision === undefined) throw new UnreadableDocument(`${place}.operation_result: "${result}" is not known`);
  return decision;
}
