import type { CallContext } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { meaningOf, refusal } from '../pure/error-table.js';
import type { Json } from '../pure/lossless-json.js';
import { queryRefusal, responseStatus } from '../pure/reply.js';
import { type KingdeeSettings, settingsOf } from '../pure/settings.js';
import { signatureHeaders } from '../pure/signature.js';
import { type Exchange, exchange, servicePath } from './exchange.js';
import { currentSession, forgetSession, NoSession, nextSession, type Session } from './login.js';

/** A call of an operation of DynamicFormService. */
export interface GalaxyCall {
  readonly operation: string;
  readonly body: object;
  /**
   * Whether sending it a second time does no harm, so that it may be sent again once after a new login. A create never
   * is: a server may lose the session after it executed (failure-modes.md F18).
   */
  readonly repeatable: boolean;
}

/** An answer that is no lost session, or why there is none. `sessionLost`: said by Kingdee, and no new login helped. */
export type GalaxyAnswer =
  | { readonly kind: 'json'; readonly json: Json }
  | { readonly kind: 'sessionLost' }
  | Exclude<Exchange, { kind: 'answer' }>;

/** Makes the call, signed or in a session (kingdee.md §2). */
export async function galaxyCall(context: CallContext, call: GalaxyCall): Promise<GalaxyAnswer> {
  const settings = settingsOf(context.connection.content);
  if (settings.authentication === 'signature') return signed(context, settings, call);
  try {
    return await inSession(context, settings, call);
  } catch (error) {
    if (!(error instanceof NoSession)) throw error;
    // The login may have been answered or not: the call itself was not sent.
    const { outcome } = error;
    return outcome.kind === 'unclear' ? { kind: 'notSent', detail: `login: ${outcome.reason}` } : outcome;
  }
}

async function signed(context: CallContext, settings: KingdeeSettings, call: GalaxyCall): Promise<GalaxyAnswer> {
  const appSecret = context.connection.secrets.appSecret?.current;
  if (appSecret === undefined || settings.appId === '') {
    const words = inBoth(
      'Signature needs setting appId and secret appSecret.',
      '签名需要设置 appId 和密钥 appSecret。',
    );
    return refusal('SIGNATURE', words, {
      owner: 'administrator',
      nextStep: inBoth('Set both on the connection, then release.', '请在连接中设置这两项，然后放行。'),
    });
  }
  const path = settings.basePath + servicePath(serviceOf(call));
  const seconds = Math.floor(context.clock.now() / 1000);
  return answered(await send(context, call, signature({ settings, appSecret, path, seconds })));
}

interface Signing {
  readonly settings: KingdeeSettings;
  readonly appSecret: string;
  readonly path: string;
  readonly seconds: number;
}

interface Signed extends Signing {
  readonly headers: Readonly<Record<string, string>>;
}

const lastSigned = new Map<string, Signed>();

/** A signature says the second and not the body, so the calls of a second share it. */
function signature(signing: Signing): Readonly<Record<string, string>> {
  const { settings, appSecret, path, seconds } = signing;
  const last = lastSigned.get(path);
  if (last?.seconds === seconds && last.settings === settings && last.appSecret === appSecret) return last.headers;
  const headers = signatureHeaders({ ...settings, appSecret }, path, seconds);
  lastSigned.set(path, { ...signing, headers });
  return headers;
}

async function inSession(context: CallContext, settings: KingdeeSettings, call: GalaxyCall): Promise<GalaxyAnswer> {
  const session = await currentSession(context, settings);
  const first = answered(await send(context, call, cookie(session)));
  if (first.kind !== 'sessionLost') return first;
  if (!call.repeatable) {
    await forgetSession(context, settings, session);
    return first;
  }
  return answered(await send(context, call, cookie(await nextSession(context, settings, session))));
}

const serviceOf = ({ operation }: GalaxyCall) => `DynamicFormService.${operation}`;
const cookie = ({ id }: Session) => ({ cookie: `kdservice-sessionid=${id}` });

const send = (context: CallContext, call: GalaxyCall, headers: Readonly<Record<string, string>>) =>
  exchange(context, { service: serviceOf(call), body: call.body, headers });

function answered(reply: Exchange): GalaxyAnswer {
  if (reply.kind !== 'answer') return reply;
  const status = Array.isArray(reply.json) ? queryRefusal(reply.json) : responseStatus(reply.json);
  const lost = status?.isSuccess === false && meaningOf(status.refusal).kind === 'sessionLost';
  return lost ? { kind: 'sessionLost' } : { kind: 'json', json: reply.json };
}
