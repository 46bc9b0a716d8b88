import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFacts } from './start-test-stack.js';

/** Processes that take callbacks. */
export type Receiver = 'webhook-ingestion' | 'webhook-ingestion-2';

/** What a callback is signed and encrypted with. */
export interface CallbackKeys {
  readonly token: string;
  readonly aesKey: string;
}

/** The app key of the tests' connection, the tail of its messages (dingtalk.md §1.3). */
const OWNER_KEY = 'dingappkey000001';

/** The keys that the stack's DingTalk and webhook-ingestion share. */
export function callbackKeys({ environment }: StackFacts): CallbackKeys {
  const secret = (name: string) => readFileSync(join(environment.SECRETS_DIR ?? '', name), 'utf8');
  return { token: secret('dingtalk-callback-token'), aesKey: secret('dingtalk-callback-aes-key') };
}

/**
 * Sends a callback as DingTalk does, with a fresh nonce; gives the HTTP status. Written from dingtalk.md §1 alone, so that
 * a fault that receiver and sandbox share does not hide.
 */
export async function sendCallback(
  { ports }: StackFacts,
  payload: object,
  { token, aesKey }: CallbackKeys,
  change: { readonly signature?: string; readonly timestamp?: string; readonly to?: Receiver } = {},
): Promise<number> {
  const encrypt = encrypted(payload, aesKey);
  const { timestamp = String(Date.now()) } = change;
  const nonce = randomBytes(6).toString('hex');
  const sorted = [token, timestamp, nonce, encrypt].sort().join('');
  const signature = change.signature ?? createHash('sha1').update(sorted).digest('hex');
  const query = new URLSearchParams({ msg_signature: signature, timestamp, nonce });
  const response = await fetch(`${webhookUrl(ports, change.to)}?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ encrypt }),
  });
  await response.text();
  return response.status;
}

/** Where the connection of the tests receives its callbacks. */
export function webhookUrl(ports: StackFacts['ports'], to: Receiver = 'webhook-ingestion'): string {
  return `http://127.0.0.1:${ports[to]}/webhooks/dingtalk-main`;
}

/** 16 random bytes, length, message, owner key, padded to 32; AES-256-CBC. */
function encrypted(payload: object, aesKey: string): string {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const message = Buffer.from(JSON.stringify(payload));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const clear = Buffer.concat([randomBytes(16), length, message, Buffer.from(OWNER_KEY)]);
  const pad = 32 - (clear.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    'base64',
  );
}
