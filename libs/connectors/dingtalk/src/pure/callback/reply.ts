import type { HttpReply } from '@voucherline/connector-kit';
import { encrypt, signatureOf } from './crypto.js';
import type { CallbackSecrets } from './secrets.js';

/**
 * The only answer that DingTalk takes for "received": the encrypted word `success`, signed anew (dingtalk.md §1.4).
 * `random` gives random bytes, `now` is in milliseconds. Mind the capital S of `timeStamp`.
 */
export function successReply(
  secrets: CallbackSecrets,
  ownerKey: string,
  random: (bytes: number) => Buffer,
  now: number,
): HttpReply {
  const message = Buffer.from('success');
  const encrypted = encrypt(secrets.aesKey, random(8).toString('hex'), { message, ownerKey });
  const timeStamp = String(now);
  const nonce = random(4).toString('hex');
  const body = {
    msg_signature: signatureOf(secrets.token, timeStamp, nonce, encrypted),
    timeStamp,
    nonce,
    encrypt: encrypted,
  };
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) };
}
