import { timingSafeEqual } from 'node:crypto';
import type {
  RawRequest,
  RefusalReason,
  ResolvedConnection,
  Verification,
  VerifiedRequest,
} from '@voucherline/connector-kit';
import { settingsOf } from '../settings.js';
import { type ClearMessage, DecryptionError, decrypt, signatureOf } from './crypto.js';
import { MalformedCallback, readEnvelope, type SignedEnvelope } from './envelope.js';
import { callbackSecrets } from './secrets.js';

/** How far the vendor's clock may be from ours, both ways: its retries come within 40 s (dingtalk.md §1.6). */
const TOLERANCE_MS = 300_000;

/** What our `verify` knows beyond the port: the reply has to name the same owner. */
export interface VerifiedCallback extends VerifiedRequest {
  readonly ownerKey: string;
}

/**
 * Verifies a callback: shapes, signature, freshness, decryption, receiver, in this order, so that nothing is decrypted that
 * was not signed and a stale call of the vendor can be told from a forged one.
 */
export function verify(request: RawRequest, connection: ResolvedConnection, now: number): Verification {
  if (request.method !== 'POST') return refused('unsupported', `method ${request.method}; callbacks are POST`);
  let envelope: SignedEnvelope;
  try {
    envelope = readEnvelope(request);
  } catch (error) {
    if (error instanceof MalformedCallback) return refused('malformed', error.message);
    throw error;
  }
  const secrets = callbackSecrets(connection).find(({ token }) => isSignedWith(token, envelope));
  if (secrets === undefined) return refused('signature', 'signed with none of the tokens in force');
  if (Math.abs(now - Number(envelope.timestamp)) > TOLERANCE_MS) {
    return refused('stale', `signed at ${envelope.timestamp}, which is not within ${TOLERANCE_MS} ms of now`);
  }
  let clear: ClearMessage;
  try {
    clear = decrypt(secrets.aesKey, envelope.encrypt);
  } catch (error) {
    if (error instanceof DecryptionError) return refused('decryption', error.message);
    throw error;
  }
  if (!settingsOf(connection.content).ownerKeys.includes(clear.ownerKey)) {
    return refused('receiver', 'the owner key is none of allowedOwnerKeys');
  }
  return { ok: true, request: verified(secrets.label, clear) };
}

function isSignedWith(token: string, { signature, timestamp, nonce, encrypt }: SignedEnvelope): boolean {
  return timingSafeEqual(Buffer.from(signatureOf(token, timestamp, nonce, encrypt)), Buffer.from(signature));
}

function verified(secret: 'current' | 'previous', { message, ownerKey }: ClearMessage): VerifiedCallback {
  return { scheme: 'dingtalk-aes-sha1', secret, plaintext: message, ownerKey } as VerifiedCallback;
}

function refused(reason: RefusalReason, detail: string): Verification {
  return { ok: false, reason, detail };
}
