import { type ObservedApproval, UnreadableDocument } from '@voucherline/connector-kit';
import { type ConnectionContent, type RawContent, rawBytes } from '@voucherline/contracts';
import { approvalKey } from '../approval-key.js';
import type { JsonObject } from '../strict-json.js';
import { parseContent } from './content.js';
import { formFields } from './form-fields.js';
import { instantOf } from './local-time.js';
import { listAt, objectAt, optionalTextAt, textAt } from './reading.js';
import { isOfApproval, stepsOf } from './steps.js';

/** Turns a collected instance (see `collectedContent`) into what it says. @throws {UnreadableDocument} naming the field */
export function normalise(content: RawContent, connection: ConnectionContent): ObservedApproval {
  const { asked, instance } = parseContent(rawBytes(content));
  const timeOf = (text: string, place: string) => timeIn(connection.timeZone, text, place);
  const status = statusOf(instance);
  checkAction(instance);
  const revokes = revokedInstance(instance);
  const endedAt = status === 'open' ? undefined : endOf(instance, timeOf);
  const departmentId = optionalTextAt(instance.originator_dept_id, 'originator_dept_id');
  const departmentName = optionalTextAt(instance.originator_dept_name, 'originator_dept_name');
  return {
    document: approvalKey(connection.account, asked.processInstanceId),
    form: asked.processCode,
    businessId: textAt(instance.business_id, 'business_id'),
    title: textAt(instance.title, 'title'),
    originator: {
      userId: textAt(instance.originator_userid, 'originator_userid'),
      ...(departmentId !== undefined && { departmentId }),
      ...(departmentName !== undefined && { departmentName }),
    },
    submittedAt: timeOf(textAt(instance.create_time, 'create_time'), 'create_time'),
    status,
    ...(endedAt !== undefined && { endedAt }),
    steps: stepsOf(instance, timeOf),
    fields: formFields(instance),
    ...(revokes !== undefined && { revokes: approvalKey(connection.account, revokes) }),
  };
}

/** A refused instance is COMPLETED too, so the result decides (dingtalk.md §6.1). */
function statusOf(instance: JsonObject): ObservedApproval['status'] {
  const status = textAt(instance.status, 'status');
  switch (status) {
    case 'NEW':
    case 'RUNNING':
      return 'open';
    case 'TERMINATED':
    case 'CANCELED':
      return 'withdrawn';
    case 'COMPLETED':
      break;
    default:
      throw new UnreadableDocument(`status: "${status}" is not known`);
  }
  const result = textAt(instance.result, 'result');
  if (result === 'agree') return 'approved';
  if (result === 'refuse') return 'rejected';
  throw new UnreadableDocument(`result: "${result}" of a completed instance is not known`);
}

/** The instance that this one revokes; undefined for every other instance. */
export function revokedInstance(instance: JsonObject): string | undefined {
  const { biz_action: action, main_process_instance_id: main } = instance;
  return action === 'REVOKE' && typeof main === 'string' && main !== '' ? main : undefined;
}

/**
 * Refuses what is no approval of its own. A changed copy (MODIFY) is a second approval of the same expense: posting it beside
 * the first would pay twice, so a person has to look at it.
 */
function checkAction(instance: JsonObject): void {
  const action = optionalTextAt(instance.biz_action, 'biz_action') ?? 'NONE';
  if (action === 'NONE') return;
  const main = textAt(instance.main_process_instance_id, 'main_process_instance_id');
  if (action !== 'REVOKE') {
    throw new UnreadableDocument(`biz_action: "${action}" changes instance ${main}; book the change by hand`);
  }
}

/** `finish_time`; where the vendor leaves it out, the time of the last record of the approval itself. */
function endOf(instance: JsonObject, timeOf: (text: string, place: string) => string): string {
  const finish = optionalTextAt(instance.finish_time, 'finish_time');
  if (finish !== undefined) return timeOf(finish, 'finish_time');
  const last = listAt(instance.operation_records, 'operation_records').findLast(isOfApproval);
  if (last === undefined) throw new UnreadableDocument('finish_time: is missing, and no record shows the end');
  return timeOf(textAt(objectAt(last, 'operation_records').date, 'operation_records.date'), 'operation_records.date');
}

function timeIn(timeZone: string, text: string, place: string): string {
  const instant = instantOf(text, timeZone);
  if (instant === undefined) throw new UnreadableDocument(`${place}: "${text}" is no time yyyy-MM-dd HH:mm:ss`);
  return new Date(instant).toISOString();
}
