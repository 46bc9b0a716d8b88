import type { Reception, ResolvedConnection, VerifiedRequest } from '@voucherline/connector-kit';
import type { ConnectionContent, DocumentHint } from '@voucherline/contracts';
import { approvalKey } from '../approval-key.js';
import { settingsOf } from '../settings.js';
import { type JsonObject, parseJson, WEBHOOK_LIMITS } from '../strict-json.js';
import { successReply } from './reply.js';
import { callbackSecrets } from './secrets.js';
import type { VerifiedCallback } from './verify.js';

/**
 * What a verified callback means. `check_url` is the console's handshake and not published; instance and task events point at
 * an instance; every other event is published without a hint. @throws {Error} naming what can't be understood
 */
export function receive(request: VerifiedRequest, connection: ResolvedConnection): Reception {
  const payload = parseJson(request.plaintext, WEBHOOK_LIMITS);
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) {
    throw new Error('callback: the message is no JSON object');
  }
  const message = payload as JsonObject;
  const event = textOf(message, 'EventType');
  const secrets = callbackSecrets(connection).find(({ label }) => label === request.secret);
  if (secrets === undefined) throw new Error('callback: the secret that verified it is not in force any more');
  const { ownerKey } = request as VerifiedCallback;
  const reply: Reception['reply'] = (random, now) => successReply(secrets, ownerKey, random, now);
  if (event === 'check_url') return { event, publish: false, reply };
  checkCorp(message, connection.content.account);
  const hint = hintOf(event, message, connection.content);
  return { event, publish: true, ...(hint && { hint }), reply };
}

/** One app may serve several corps; a callback for another one must not be read as one of this account. */
function checkCorp(message: JsonObject, account: string): void {
  const named = [message.CorpId, message.corpId].filter((corp) => corp !== undefined);
  if (named.length === 0) throw new Error('callback: names no CorpId');
  if (named.some((corp) => corp !== account)) {
    throw new Error(`callback: its CorpId is not the connection's account ${account}; check the account's spelling`);
  }
}

function hintOf(event: string, message: JsonObject, content: ConnectionContent): DocumentHint | undefined {
  if (event !== 'bpms_instance_change' && event !== 'bpms_task_change') return undefined;
  const document = approvalKey(content.account, textOf(message, 'processInstanceId'));
  const form = textOf(message, 'processCode');
  const ofOurForm = settingsOf(content).processCodes.includes(form);
  const type = textOf(message, 'type');
  // Only what decides something is worth a read; a task that began or fell away shows in no event of ours.
  if (event === 'bpms_task_change') {
    return { document, form, announced: 'open', worthRead: ofOurForm && type === 'finish' };
  }
  return { document, form, announced: ENDS.has(type) ? 'ended' : 'open', worthRead: ofOurForm };
}

/** `delete` is assumed by the sheet (dingtalk.md §3.2). */
const ENDS: ReadonlySet<string> = new Set(['finish', 'terminate', 'delete']);

function textOf(message: JsonObject, name: string): string {
  const value = message[name];
  if (typeof value !== 'string' || value === '') throw new Error(`callback: ${name} is missing or no text`);
  return value;
}
