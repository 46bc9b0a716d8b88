import type { HttpReply } from '@voucherline/connector-kit';
import { encrypt, signatureOf } from './crypto.js';
import type { CallbackSecrets } from './secrets.js';

const SUCCESS = Buffer.from('success');

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
  const drawn = random(12).toString('hex');
  const [nonce, first] = [drawn.slice(16), drawn.slice(0, 16)];
  const encrypted = encrypt(secrets.aesKey, first, { message: SUCCESS, ownerKey });
  const timeStamp = String(now);
  const body = {
    msg_signature: signatureOf(secrets.token, timeStamp, nonce, encrypted),
    timeStamp,
    nonce,
    encrypt: encrypted,
  };
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) };
}
