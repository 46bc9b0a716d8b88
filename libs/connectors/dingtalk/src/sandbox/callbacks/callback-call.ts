import { randomBytes, randomInt } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { decrypt, encrypt, signatureOf } from '../../pure/callback/crypto.js';

/** Where callbacks go and how they are signed. */
export interface CallbackTarget {
  readonly url: string;
  readonly token: string;
  readonly aesKey: string;
  readonly ownerKey: string;
  readonly signatureNames: 'both' | 'msg_signature' | 'signature';
  readonly replyWithinMs: number;
}

/** A callback as it goes over the wire. */
export interface SignedCall {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly encrypt: string;
}

/** How a try went: `ok`, or why the vendor takes it for failed. */
export interface TryResult {
  readonly status?: number;
  readonly outcome: string;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function letters(count: number): string {
  return Array.from({ length: count }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Encrypts and signs a payload as the vendor does; everything is fresh, also for a retry. */
export function signed(payload: object, target: CallbackTarget): SignedCall {
  const message = Buffer.from(JSON.stringify(payload));
  const encrypted = encrypt(target.aesKey, randomBytes(8).toString('hex'), { message, ownerKey: target.ownerKey });
  const [timestamp, nonce] = [String(Date.now()), letters(8)];
  return { timestamp, nonce, encrypt: encrypted, signature: signatureOf(target.token, timestamp, nonce, encrypted) };
}

/** A digit of the time moved into the nonce: the undelimited signature still holds, a receiver has to refuse it all the same. */
export function malleated(call: SignedCall): SignedCall {
  return { ...call, timestamp: call.timestamp.slice(0, -1), nonce: call.timestamp.slice(-1) + call.nonce };
}

/** Sends callbacks over kept connections. */
export class CallbackSender {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(connections: number) {
    this.#http = new HttpAgent({ keepAlive: true, maxSockets: connections });
    this.#https = new HttpsAgent({ keepAlive: true, maxSockets: connections });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /** Sends one callback and checks the answer as the vendor does (dingtalk.md §1.4). Never rejects. */
  async send(call: SignedCall, target: CallbackTarget): Promise<TryResult> {
    const url = new URL(target.url);
    const { timestamp, nonce, signature, encrypt } = call;
    if (target.signatureNames !== 'signature') url.searchParams.set('msg_signature', signature);
    if (target.signatureNames !== 'msg_signature') url.searchParams.set('signature', signature);
    url.searchParams.set('timestamp', timestamp);
    url.searchParams.set('nonce', nonce);
    try {
      const { status, body } = await this.#post(url, JSON.stringify({ encrypt }), target.replyWithinMs);
      return { status, outcome: status === 200 ? checkReply(body, target) : `HTTP ${status}` };
    } catch (error) {
      return { outcome: (error as Error).message };
    }
  }

  #post(url: URL, body: string, withinMs: number): Promise<{ status: number; body: string }> {
    const secure = url.protocol === 'https:';
    const options: RequestOptions = {
      method: 'POST',
      agent: secure ? this.#https : this.#http,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    };
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
        response.on('error', reject);
      });
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${withinMs} ms`)), withinMs);
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      request.end(body);
    });
  }
}

/** `ok`, or what is wrong with the reply; codes are those of the vendor's registration (dingtalk.md §1.4). */
function checkReply(body: string, { token, aesKey, ownerKey }: CallbackTarget): string {
  let reply: Readonly<Record<string, unknown>>;
  try {
    reply = JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    return '71010 the answer is no JSON';
  }
  const { msg_signature: signature, timeStamp, nonce, encrypt } = reply ?? {};
  if (![signature, timeStamp, nonce, encrypt].every((part) => typeof part === 'string' && part !== '')) {
    return '71010 the answer lacks msg_signature, timeStamp, nonce or encrypt';
  }
  if (signatureOf(token, timeStamp as string, nonce as string, encrypt as string) !== signature) {
    return '900005 the signature of the answer differs';
  }
  try {
    const clear = decrypt(aesKey, encrypt as string);
    if (clear.message.toString() !== 'success') return '71009 the answer does not say success';
    return clear.ownerKey === ownerKey ? 'ok' : '900010 the owner key of the answer differs';
  } catch (error) {
    return `900008 ${(error as Error).message}`;
  }
}
