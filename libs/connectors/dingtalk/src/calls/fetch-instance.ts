import type { CallContext, FetchedDocument, ReadOutcome } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { instanceIdOf } from '../pure/approval-key.js';
import { collectedDocument } from '../pure/instance/collect.js';
import { settingsOf } from '../pure/settings.js';
import type { JsonObject } from '../pure/strict-json.js';
import { asRead, call } from './call.js';
import { UNKNOWN_INSTANCE } from './error-table.js';

/** An instance as the vendor answered, and in which bytes. */
interface Answered {
  readonly instance: JsonObject;
  readonly bytes: Buffer;
}

/** Reads one instance. @throws {RangeError} for a key that names no instance of this account */
export async function readInstance(instanceId: string, context: CallContext): Promise<ReadOutcome<Answered>> {
  const called = await call(context, '/topapi/processinstance/get', { process_instance_id: instanceId });
  if (called.kind === 'rejected' && UNKNOWN_INSTANCE.has(called.code)) return { kind: 'absent' };
  if (called.kind !== 'done') return asRead(called);
  const { process_instance: instance } = called.value;
  if (instance === null || typeof instance !== 'object' || Array.isArray(instance)) {
    return { kind: 'unavailable', detail: 'processinstance/get: no process_instance in the answer' };
  }
  return { kind: 'read', value: { instance: instance as JsonObject, bytes: called.bytes } };
}

/**
 * Reads an instance for the collector. The answer does not name the form (dingtalk.md §6.1), so whoever pointed at the instance
 * has to; with one process code there is no question.
 */
export async function fetchInstance(
  document: string,
  context: CallContext,
  form?: string,
): Promise<ReadOutcome<FetchedDocument>> {
  const { content } = context.connection;
  const { account } = content;
  const { processCodes } = settingsOf(content);
  const processCode = form ?? (processCodes.length === 1 ? processCodes[0] : undefined);
  if (processCode === undefined || !processCodes.includes(processCode)) return unknownForm;
  const processInstanceId = instanceIdOf(document, account);
  const read = await readInstance(processInstanceId, context);
  if (read.kind !== 'read') return read;
  const { instance, bytes } = read.value;
  return { kind: 'read', value: collectedDocument({ processInstanceId, processCode }, bytes, instance, account) };
}

const unknownForm: ReadOutcome<never> = {
  kind: 'rejected',
  code: 'form-unknown',
  words: inBoth(
    'the instance belongs to none of the process codes of this connection',
    '该审批单不属于此连接所列的任何审批模板（process code）',
  ),
  owner: 'administrator',
  nextStep: inBoth(
    'Add its process code to the connection and publish it, or discard the instance.',
    '请在连接中添加其 process code 并发布，或放弃该审批单。',
  ),
};
