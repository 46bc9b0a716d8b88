import type { CallContext } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { meaningOf, refusal, shown } from '../pure/error-table.js';
import { asText, isObject } from '../pure/lossless-json.js';
import { type ResponseStatus, responseStatus } from '../pure/reply.js';
import type { KingdeeSettings } from '../pure/settings.js';
import { loginSignature } from '../pure/signature.js';
import { type Exchange, exchange } from './exchange.js';

/** A session that Kingdee opened for us. */
export interface Session {
  readonly id: string;
}

/** No session could be had: what is to be said to whoever wanted to call. Nothing of theirs was sent. */
export class NoSession extends Error {
  override readonly name = 'NoSession';
  readonly outcome: Exclude<Exchange, { kind: 'answer' }>;

  constructor(outcome: Exclude<Exchange, { kind: 'answer' }>) {
    super('no session');
    this.outcome = outcome;
  }
}

/** Kept for 10 minutes: sessions idle out after about 20 (kingdee.md §2.1, unconfirmed). */
const KEPT_MS = 600_000;
const NAME = 'session';

const MEND = {
  owner: 'administrator',
  nextStep: inBoth(
    'Check account (acctId), userName and the secrets of the connection, in Kingdee the third-party app, its integration user and its list of allowed addresses; then release.',
    '请检查连接的 account（acctId）、userName 和密钥，以及金蝶中的第三方应用、其集成用户和 IP 白名单；然后放行。',
  ),
} as const;

/** The session of this lease; concurrent callers share one login. @throws {NoSession} */
export function currentSession(context: CallContext, settings: KingdeeSettings): Promise<Session> {
  return context.cache.get(NAME, async () => {
    const value = await login(context, settings);
    return { value, expiresAt: context.clock.now() + KEPT_MS };
  });
}

/** Another session than the lost one. A caller that learns of the loss late takes the one that others opened since. */
export async function nextSession(context: CallContext, settings: KingdeeSettings, lost: Session): Promise<Session> {
  const current = await currentSession(context, settings);
  if (current !== lost) return current;
  context.cache.drop(NAME);
  return currentSession(context, settings);
}

/** Forgets a lost session, so that the next call logs in. */
export async function forgetSession(context: CallContext, settings: KingdeeSettings, lost: Session): Promise<void> {
  if ((await currentSession(context, settings).catch(() => undefined)) === lost) context.cache.drop(NAME);
}

async function login(context: CallContext, settings: KingdeeSettings): Promise<Session> {
  const reply = await exchange(context, { ...loginRequest(context, settings), headers: {} });
  if (reply.kind !== 'answer') throw new NoSession(reply);
  const { json } = reply;
  const status = responseStatus(json);
  if (status !== undefined) throw new NoSession(refusedLogin(status));
  if (!isObject(json)) throw new NoSession({ kind: 'unclear', reason: 'login: the answer is no object' });
  const id = asText(json.KDSVCSessionId);
  if (asText(json.LoginResultType) !== '1' || id === undefined || !/^[\w-]{1,200}$/.test(id)) {
    const words = `LoginResultType ${asText(json.LoginResultType) ?? 'missing'}: ${shown(asText(json.Message) ?? '')}`;
    throw new NoSession(refusal('LOGIN', words, MEND));
  }
  return { id };
}

/** A lost session on login is a fault of the configuration, never a reason to try again (kingdee.md §2.1, trap). */
function refusedLogin({ refusal: said }: ResponseStatus): NoSession['outcome'] {
  const meaning = meaningOf(said);
  if (meaning.kind === 'throttled' || meaning.kind === 'unclear') return meaning;
  return refusal('LOGIN', said.words.join('; '), MEND);
}

/** By password where there is one, else by signature: the app's secret never travels. */
function loginRequest(
  { connection, clock }: CallContext,
  settings: KingdeeSettings,
): { service: string; body: object } {
  const { acctId, userName, appId, lcid } = settings;
  const password = connection.secrets.password?.current;
  if (password !== undefined) {
    const body = { acctid: acctId, username: userName, password, lcid: Number(lcid) };
    return { service: 'AuthService.ValidateUser', body };
  }
  const appSecret = connection.secrets.appSecret?.current;
  if (appSecret === undefined || appId === '') {
    const words = inBoth(
      'A session needs the secret password, or setting appId and secret appSecret.',
      '登录需要密钥 password，或设置 appId 和密钥 appSecret。',
    );
    throw new NoSession(refusal('LOGIN', words, MEND));
  }
  const seconds = String(Math.floor(clock.now() / 1000));
  const sign = loginSignature({ acctId, userName, appId, appSecret }, seconds);
  return {
    service: 'AuthService.LoginBySign',
    body: { parameters: [acctId, userName, appId, seconds, sign, Number(lcid)] },
  };
}
