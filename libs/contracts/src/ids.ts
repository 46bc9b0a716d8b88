import { hash } from 'node:crypto';

const LENGTH_BYTES = 4;

/**
 * 32 hexadecimal characters (128 bits of SHA-256) over the parts, each with its length in front, so that
 * `['ab','c']` and `['a','bc']` differ. Ids of messages and vouchers are facts put through this function:
 * the same fact gets the same id after a replay, a rebuild or on a new installation (failure-modes.md §2.4).
 */
export function factId(...parts: readonly (string | number)[]): string {
  const texts = parts.map(String);
  const size = texts.reduce((sum, text) => sum + LENGTH_BYTES + Buffer.byteLength(text), 0);
  const framed = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of texts) {
    const length = framed.write(text, at + LENGTH_BYTES);
    framed.writeUInt32BE(length, at);
    at += LENGTH_BYTES + length;
  }
  return hash('sha256', framed, 'hex').slice(0, 32);
}

/** SHA-256 in hexadecimal of text (as UTF-8) or bytes: the hash by which contents are compared. */
export function contentHash(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/**
 * The key that makes a voucher unique. It is carried into the ERP document, so no part may be something that a
 * new installation would choose anew (connection names, database ids) or that a replay would change.
 * @param subject the approval's document key, or a group's key
 * @param voucher the voucher's name within its flow, e.g. `payment-bill`
 * @param revision how many vouchers of this subject and name were reversed or cancelled before
 */
export function voucherKey(subject: string, voucher: string, revision: number): string {
  return factId('v1', subject, voucher, revision);
}

/** `<product>/<account>/<kind>/<id>`: names a document for ever; the connection is never a part of it. */
export interface DocumentRef {
  readonly product: string;
  readonly account: string;
  readonly kind: string;
  readonly id: string;
}

const segment = (text: string): string => encodeURIComponent(text);

/** Joins a document's four parts to its key. A slash inside a part is percent-encoded, so the key splits back. */
export function documentKey(ref: DocumentRef): string {
  return [ref.product, ref.account, ref.kind, ref.id].map(segment).join('/');
}

/** Splits a document key. @throws {RangeError} when the text has not exactly four parts. */
export function parseDocumentKey(key: string): DocumentRef {
  const parts = key.split('/');
  if (parts.length !== 4 || parts.some((part) => part === '')) {
    throw new RangeError(`document key "${key}": expected <product>/<account>/<kind>/<id>`);
  }
  const [product, account, kind, id] = parts.map(decodeURIComponent) as [string, string, string, string];
  return { product, account, kind, id };
}
