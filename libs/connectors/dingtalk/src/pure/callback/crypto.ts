import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv, hash } from 'node:crypto';

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
  const clear = unpadded(keyOf(aesKey).decipher.update(bytes));
  if (clear.length < HEAD) throw new DecryptionError('too short for a message');
  const end = HEAD + clear.readUInt32BE(16);
  if (end > clear.length) throw new DecryptionError('the length of the message is beyond the end');
  return { message: clear.subarray(HEAD, end), ownerKey: clear.toString('utf8', end) };
}

/** Encrypts a message, padded to 32 bytes. `random` is 16 printable characters, fresh for each message. */
export function encrypt(aesKey: string, random: string, { message, ownerKey }: ClearMessage): string {
  const owner = Buffer.from(ownerKey);
  const length = HEAD + message.length + owner.length;
  const pad = BLOCK - (length % BLOCK);
  const clear = Buffer.allocUnsafe(length + pad);
  clear.write(random, 0, 16, 'latin1');
  clear.writeUInt32BE(message.length, 16);
  message.copy(clear, HEAD);
  owner.copy(clear, HEAD + message.length);
  clear.fill(pad, length);
  const { iv, cipher, before } = keyOf(aesKey);
  // The cipher will mix in the block before, and the receiver takes out the initial vector.
  mix(clear, before);
  mix(clear, iv);
  const bytes = cipher.update(clear);
  bytes.copy(before, 0, bytes.length - CIPHER_BLOCK);
  return bytes.toString('base64');
}

/** Mixes a cipher block into the first one of `bytes`; twice the same leaves them as they were. */
function mix(bytes: Buffer, block: Buffer): void {
  for (let at = 0; at < CIPHER_BLOCK; at += 4) bytes.writeInt32LE(bytes.readInt32LE(at) ^ block.readInt32LE(at), at);
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

/** Cipher and decipher serve all messages of a key, for to make one takes longer than to use it. */
interface Key {
  readonly iv: Buffer;
  readonly cipher: Cipheriv;
  /** The last block that the cipher gave; the initial vector before the first. */
  readonly before: Buffer;
  /**
   * CBC mixes the block before into the first block of the next message: the 16 random bytes, which nobody reads. The pad may
   * be longer than a cipher block, which OpenSSL's own unpadding refuses.
   */
  readonly decipher: Decipheriv;
}

const keys = new Map<string, Key>();
/** Connections of one process, old keys of rotations included; beyond, all are made anew. */
const MOST_KEYS = 1_000;

function keyOf(aesKey: string): Key {
  const known = keys.get(aesKey);
  if (known !== undefined) return known;
  if (!/^[A-Za-z0-9]{43}$/.test(aesKey)) throw new RangeError('secret callbackAesKey: must be 43 letters and digits');
  // The last character may hold bits to spare; Node drops them, as the vendor does.
  const bytes = Buffer.from(`${aesKey}=`, 'base64');
  const iv = bytes.subarray(0, CIPHER_BLOCK);
  const made: Key = {
    iv,
    cipher: createCipheriv('aes-256-cbc', bytes, iv).setAutoPadding(false),
    before: Buffer.from(iv),
    decipher: createDecipheriv('aes-256-cbc', bytes, iv).setAutoPadding(false),
  };
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(aesKey, made);
  return made;
}
