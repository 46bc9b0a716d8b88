import { createCipheriv, createDecipheriv, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** A message that can't be decrypted to the layout of dingtalk.md §1.3: says which check failed, never what was inside. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError';
}

/** A callback message in clear: who it is for, and what it says. */
export interface ClearMessage {
  readonly message: Buffer;
  readonly ownerKey: string;
}

const BLOCK = 32;
const CIPHER_BLOCK = 16;
/** 16 random bytes and the length of the message. */
const HEAD = 20;

/** SHA-1 over the sorted, undelimited strings, 40 hex characters (dingtalk.md §1.2). */
export function signatureOf(token: string, timestamp: string, nonce: string, encrypt: string): string {
  return hash('sha1', [token, timestamp, nonce, encrypt].sort().join(''), 'hex');
}

/** Whether base64 text is the only spelling of its bytes: no stray characters, full padding, no bits to spare. */
export function isCanonicalBase64(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64').toString('base64') === text;
}

/** Decrypts canonical base64 text. @throws {DecryptionError} when any check of dingtalk.md §1.3 fails */
export function decrypt(aesKey: string, encrypt: string): ClearMessage {
  const bytes = Buffer.from(encrypt, 'base64');
  if (bytes.length === 0 || bytes.length % CIPHER_BLOCK !== 0) throw new DecryptionError('not whole cipher blocks');
  const { key, iv } = keyOf(aesKey);
  // The pad may be longer than a cipher block, which OpenSSL's own unpadding refuses.
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const clear = unpadded(Buffer.concat([decipher.update(bytes), decipher.final()]));
  if (clear.length < HEAD) throw new DecryptionError('too short for a message');
  const end = HEAD + clear.readUInt32BE(16);
  if (end > clear.length) throw new DecryptionError('the length of the message is beyond the end');
  return { message: clear.subarray(HEAD, end), ownerKey: clear.toString('utf8', end) };
}

/** Encrypts a message, padded to 32 bytes. `random` is 16 printable characters, fresh for each message. */
export function encrypt(aesKey: string, random: string, { message, ownerKey }: ClearMessage): string {
  const head = Buffer.alloc(HEAD);
  head.write(random, 0, 16, 'latin1');
  head.writeUInt32BE(message.length, 16);
  const clear = Buffer.concat([head, message, Buffer.from(ownerKey)]);
  const pad = BLOCK - (clear.length % BLOCK);
  const { key, iv } = keyOf(aesKey);
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    'base64',
  );
}

/** Takes off PKCS#7 of block size 32, and of 16 as the vendor's Rust sample writes it: 1 to 32 equal bytes. */
function unpadded(bytes: Buffer): Buffer {
  const pad = bytes[bytes.length - 1] ?? 0;
  const padding = bytes.subarray(bytes.length - pad);
  if (pad < 1 || pad > BLOCK || pad > bytes.length || !padding.every((byte) => byte === pad)) {
    throw new DecryptionError('wrong padding');
  }
  return bytes.subarray(0, bytes.length - pad);
}

interface Key {
  readonly key: KeyObject;
  readonly iv: Buffer;
}

/** Keys in use. A cipher on bytes makes a key object first, which costs five times what the rest of it does. */
const keys = new Map<string, Key>();
/** Connections of one process, old keys of rotations included; beyond, all are made anew. */
const MOST_KEYS = 1_000;

function keyOf(aesKey: string): Key {
  const known = keys.get(aesKey);
  if (known !== undefined) return known;
  if (!/^[A-Za-z0-9]{43}$/.test(aesKey)) throw new RangeError('secret callbackAesKey: must be 43 letters and digits');
  // The last character may hold bits to spare; Node drops them, as the vendor does.
  const bytes = Buffer.from(`${aesKey}=`, 'base64');
  const made = { key: createSecretKey(bytes), iv: bytes.subarray(0, 16) };
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(aesKey, made);
  return made;
}
