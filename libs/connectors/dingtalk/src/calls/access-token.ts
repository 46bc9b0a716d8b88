import type { CallContext, NotSent, Refusal, Throttled } from '@voucherline/connector-kit';
import { settingsOf } from '../pure/settings.js';
import { answerOf } from './answer.js';
import { verdictOf } from './error-table.js';

/** Why there is no token. The call that wanted it was not sent. */
export type NoToken = Refusal | Throttled | NotSent;

/** Carries a failed load out of the cache, which keeps values only. */
class TokenNotLoaded extends Error {
  readonly outcome: NoToken;
  constructor(outcome: NoToken) {
    super('no access token');
    this.outcome = outcome;
  }
}

const CACHED_AS = 'dingtalk access token';
/** The vendor's clock, and calls on their way, may be this much off. */
const MARGIN_MS = 120_000;
const DEFAULT_LIFE_S = 7_200;
const TIMEOUT_MS = 10_000;

/** The access token of this lease: loaded once for all callers, renewed before it ends. */
export async function accessToken(context: CallContext): Promise<{ kind: 'token'; token: string } | NoToken> {
  try {
    return { kind: 'token', token: await context.cache.get(CACHED_AS, () => loadCached(context)) };
  } catch (error) {
    if (error instanceof TokenNotLoaded) return error.outcome;
    throw error;
  }
}

/** Forgets the token that the vendor refused, unless another call has replaced it meanwhile. */
export async function forgetToken(context: CallContext, refused: string): Promise<void> {
  const now = await accessToken(context);
  if (now.kind === 'token' && now.token === refused) context.cache.drop(CACHED_AS);
}

async function loadCached(context: CallContext): Promise<{ value: string; expiresAt: number }> {
  const loaded = await loadToken(context);
  if (loaded.kind !== 'loaded') throw new TokenNotLoaded(loaded);
  const life = loaded.lifeMs > 2 * MARGIN_MS ? loaded.lifeMs - MARGIN_MS : loaded.lifeMs / 2;
  return { value: loaded.token, expiresAt: context.clock.now() + life };
}

/** Asks for a token: no other call is as cheap, it is exempt from the monthly quota (dingtalk.md §10). */
export async function loadToken(
  context: CallContext,
): Promise<{ kind: 'loaded'; token: string; lifeMs: number } | NoToken> {
  const { connection, http, clock } = context;
  const { appKey } = settingsOf(connection.content);
  const appsecret = connection.secrets.appSecret?.current;
  if (appsecret === undefined) throw new Error('connection secret appSecret: is missing');
  const query = { appkey: appKey, appsecret };
  const answer = answerOf(await http.request({ method: 'GET', path: '/gettoken', query, timeoutMs: TIMEOUT_MS }));
  switch (answer.kind) {
    case 'done': {
      const { access_token: token, expires_in: life } = answer.value;
      if (typeof token !== 'string' || token === '') return notSent('the answer holds no access_token');
      return { kind: 'loaded', token, lifeMs: (Number(life) || DEFAULT_LIFE_S) * 1000 };
    }
    case 'error': {
      const verdict = verdictOf(answer.error, clock.now(), connection.content.timeZone);
      if (verdict.kind === 'badToken' || verdict.kind === 'unlisted') return verdict.refusal;
      return verdict.kind === 'busy' ? notSent(verdict.detail) : verdict;
    }
    case 'lost':
      return notSent(answer.detail);
    default:
      return answer;
  }
}

function notSent(detail: string): NotSent {
  return { kind: 'notSent', detail: `access token: ${detail}` };
}
