import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { callbackVectors } from '../../fixtures/index.js';
import { DecryptionError, decrypt, encrypt, isCanonicalBase64, signatureOf } from './crypto.js';

const KEY = '1234567890123456789012345678901234567890123';

/** Encrypts bytes as they are, with their padding already on. */
function raw(clear: Buffer): string {
  const key = Buffer.from(`${KEY}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.final()]).toString('base64');
}

function layout(message: string, { length = message.length, pad = 0 } = {}): Buffer {
  const head = Buffer.from('abcdefghijklmnop0000');
  head.writeUInt32BE(length, 16);
  return Buffer.concat([head, Buffer.from(message), Buffer.alloc(pad, pad)]);
}

describe('callback crypto', () => {
  it.each(callbackVectors)('$id: signature, message, owner, and the same bytes when encrypted again', (vector) => {
    const { token, timestamp, nonce, aesKey, ownerKey, plaintext, random } = vector;
    expect(signatureOf(token, timestamp, nonce, vector.encrypt)).toBe(vector.signature);
    const clear = decrypt(aesKey, vector.encrypt);
    expect([clear.message.toString(), clear.ownerKey]).toEqual([plaintext, ownerKey]);
    expect(encrypt(aesKey, random, clear)).toBe(vector.encrypt);
  });

  it('encrypts each message as if it were the first', () => {
    const [vector] = callbackVectors as [(typeof callbackVectors)[number]];
    const { aesKey, ownerKey, plaintext, random } = vector;
    for (const length of [0, 1, 12, 300]) {
      encrypt(aesKey, 'abcdefghijklmnop', { message: Buffer.alloc(length, 'x'), ownerKey });
      expect(encrypt(aesKey, random, { message: Buffer.from(plaintext), ownerKey })).toBe(vector.encrypt);
    }
  });

  it('takes a pad of 16 as the vendor writes it in Rust, and every pad up to 32', () => {
    expect(decrypt(KEY, raw(layout('hello owner!', { pad: 16 }))).message.toString()).toBe('hello owner!');
    for (let length = 0; length < 32; length += 1) {
      const sent = { message: Buffer.alloc(length, 'x'), ownerKey: 'ding1' };
      expect(decrypt(KEY, encrypt(KEY, 'abcdefghijklmnop', sent))).toEqual(sent);
    }
  });

  it.each([
    ['no byte', ''],
    ['half a block', Buffer.alloc(24).toString('base64')],
    ['a pad of 0', raw(layout('hello owner!', { pad: 0 }).fill(0, 20))],
    ['a pad of 33', raw(Buffer.concat([layout('x'.repeat(11)), Buffer.alloc(33, 33)]))],
    ['unequal pad bytes', raw(Buffer.concat([layout('x'.repeat(10)), Buffer.from([1, 2])]))],
    ['a pad longer than itself', raw(Buffer.alloc(16, 32))],
    ['a message beyond its end', raw(layout('hello owner!', { length: 13, pad: 16 }))],
    ['a message of 4 GB', raw(layout('hello owner!', { length: 0xffffffff, pad: 16 }))],
    ['nothing but a pad', raw(Buffer.alloc(32, 32))],
  ])('refuses %s', (_what, text) => {
    expect(() => decrypt(KEY, text)).toThrow(DecryptionError);
  });

  it('refuses what was encrypted with another key', () => {
    const [, v2, v3] = callbackVectors as [unknown, (typeof callbackVectors)[number], (typeof callbackVectors)[number]];
    const tryIt = () => decrypt(v3.aesKey, v2.encrypt).ownerKey === v2.ownerKey;
    expect(tryIt).toThrow(DecryptionError);
  });

  it('names a key that is none by its field only', () => {
    expect(() => decrypt('short', 'AAAA'.repeat(16))).toThrow(/^secret callbackAesKey: must be 43/);
  });

  it.each(['QUI', 'QUI=\n', 'QUJ=', 'QU-_', '=QUI', 'QUI==', ''])('does not take %j for base64', (text) => {
    expect(isCanonicalBase64(text)).toBe(false);
  });
});
