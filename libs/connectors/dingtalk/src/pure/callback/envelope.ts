import type { RawRequest } from '@voucherline/connector-kit';
import { parseJson, WEBHOOK_LIMITS } from '../strict-json.js';
import { isCanonicalBase64 } from './crypto.js';

/** The signed parts of a callback, each in the one shape it can have. */
export interface SignedEnvelope {
  readonly signature: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly encrypt: string;
}

/** A callback whose parts have not the shape they are sent in: names the part. */
export class MalformedCallback extends Error {
  override readonly name = 'MalformedCallback';
}

/**
 * Takes a callback apart. Shapes are strict because the signature is over undelimited text: a digit of the timestamp could
 * be moved into the nonce and the signature still holds (security.md W2). @throws {MalformedCallback}
 */
export function readEnvelope({ query, body }: RawRequest): SignedEnvelope {
  return {
    timestamp: inShape('timestamp', either(query, 'timestamp', 'timeStamp'), /^\d{13}$/),
    nonce: inShape('nonce', query.nonce, /^[A-Za-z0-9]{1,32}$/),
    signature: inShape('msg_signature', either(query, 'msg_signature', 'signature'), /^[0-9a-f]{40}$/),
    encrypt: encryptOf(body),
  };
}

/** The parameter is spelled in two ways (dingtalk.md §1.1); given in both, it has to say the same. */
function either(query: RawRequest['query'], name: string, older: string): string | undefined {
  const [one, other] = [own(query, name), own(query, older)];
  if (one !== undefined && other !== undefined && one !== other) {
    throw new MalformedCallback(`query parameters ${name} and ${older} differ`);
  }
  return one ?? other;
}

function own(query: RawRequest['query'], name: string): string | undefined {
  return Object.hasOwn(query, name) ? query[name] : undefined;
}

function inShape(name: string, value: string | undefined, shape: RegExp): string {
  if (value === undefined) throw new MalformedCallback(`query parameter ${name} is missing`);
  if (!shape.test(value)) throw new MalformedCallback(`query parameter ${name} has not its shape`);
  return value;
}

function encryptOf(body: Buffer): string {
  let content: unknown;
  try {
    content = parseJson(body, WEBHOOK_LIMITS);
  } catch (error) {
    throw new MalformedCallback(`body: ${(error as Error).message}`);
  }
  const encrypt =
    content !== null && typeof content === 'object' ? (content as { encrypt?: unknown }).encrypt : undefined;
  if (typeof encrypt !== 'string' || !isCanonicalBase64(encrypt)) {
    throw new MalformedCallback('body: "encrypt" is missing or no canonical base64');
  }
  return encrypt;
}
