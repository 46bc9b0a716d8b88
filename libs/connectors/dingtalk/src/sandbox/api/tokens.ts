import { randomBytes } from 'node:crypto';
import { VendorRefusal, wrapped } from './reply.js';

/** Access tokens: asking again while one is valid gives the same and renews it (dingtalk.md §5). */
export class Tokens {
  readonly #lifeMs: number;
  #token = '';
  #until = 0;

  constructor(lifeSeconds: number) {
    this.#lifeMs = lifeSeconds * 1000;
  }

  issue(): string {
    const now = Date.now();
    if (now >= this.#until) this.#token = randomBytes(16).toString('hex');
    this.#until = now + this.#lifeMs;
    return this.#token;
  }

  /** Makes every token invalid at once. */
  expire(): void {
    this.#until = 0;
  }

  isValid(token: string): boolean {
    return token === this.#token && Date.now() < this.#until;
  }

  /** @throws {VendorRefusal} as the old API refuses a token */
  check(token: string | null): void {
    if (token === null || token === '') throw wrapped('40000', '不合法的凭证类型');
    if (!this.isValid(token)) throw wrapped('40014', '不合法的access_token');
  }
}

/** @throws {VendorRefusal} unless the app is known and the secret is its own */
export function checkApp(
  given: { appKey: string | null; appSecret: string | null },
  known: { appKey: string; appSecret: string },
): void {
  if (!given.appKey || !given.appSecret) throw new VendorRefusal(40035, '缺少参数 corpid or appkey');
  if (given.appKey !== known.appKey || given.appSecret !== known.appSecret) {
    throw new VendorRefusal(40096, '不合法的appKey或appSecret');
  }
}
