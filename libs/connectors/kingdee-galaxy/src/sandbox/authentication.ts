import { randomUUID } from 'node:crypto';
import type { SandboxReply, SandboxRequest } from '@voucherline/connector-kit/sandbox';
import { apiSignature, appSignature, loginSignature } from '../pure/signature.js';
import type { Envelope } from './envelope.js';
import { asText, type Json, member } from './json.js';
import { refusalReply, reply, SESSION_LOST } from './reply.js';
import type { KingdeeSandboxSettings } from './settings.js';

const LOGINS: Readonly<Record<string, readonly string[]>> = {
  ValidateUser: ['acctid', 'username', 'password', 'lcid'],
  LoginByAppSecret: ['acctid', 'username', 'appid', 'appsecret', 'lcid'],
  LoginBySign: ['acctid', 'username', 'appid', 'timestamp', 'sign', 'lcid'],
};

/** Who calls: by a session or by signatures (kingdee.md §2). */
export class Authentication {
  readonly #settings: KingdeeSandboxSettings;
  /** Session id → last use, ms. */
  readonly #sessions = new Map<string, number>();

  constructor(settings: KingdeeSandboxSettings) {
    this.#settings = settings;
  }

  isLogin(operation: string): boolean {
    return Object.hasOwn(LOGINS, operation);
  }

  /** Logs in. Faults of the configuration look like a lost session (kingdee.md §2.1, trap); a wrong password does not. */
  login(operation: string, envelope: Envelope): SandboxReply {
    const { acctId, userName, password, appId, appSecret } = this.#settings;
    const given = credentialsOf(LOGINS[operation] ?? [], envelope);
    const configured = given.acctid === acctId && (operation === 'ValidateUser' || given.appid === appId);
    if (!configured) return refusalReply(operation, SESSION_LOST);
    const seconds = given.timestamp ?? '';
    const proven = {
      ValidateUser: given.password === password,
      LoginByAppSecret: given.appsecret === appSecret,
      LoginBySign:
        this.#isTimely(seconds) && given.sign === loginSignature({ acctId, userName, appId, appSecret }, seconds),
    }[operation];
    if (given.username !== userName || proven !== true) return reply(refused('用户名或密码错误'));
    const session = randomUUID();
    this.#sessions.set(session, Date.now());
    return {
      ...reply(welcome(session, this.#settings)),
      headers: {
        'set-cookie': [`kdservice-sessionid=${session}; path=/`, `ASP.NET_SessionId=${session}; path=/; HttpOnly`],
      },
    };
  }

  /** The caller's user name. @throws {GalaxyRefusal} session lost, when it is nobody */
  authenticate(request: SandboxRequest): string {
    const header = (name: string) => [request.headers[name]].flat()[0] ?? '';
    const known = header('x-kd-signature') === '' ? this.#bySession(request) : this.#bySignature(header, request.path);
    if (!known) throw SESSION_LOST;
    return this.#settings.userName;
  }

  expireSessions(): void {
    this.#sessions.clear();
  }

  #bySession(request: SandboxRequest): boolean {
    const cookie = /(?:^|[;\s])kdservice-sessionid=([^;\s]+)/.exec(request.headers.cookie ?? '')?.[1];
    const session = cookie ?? String(request.headers['kdservice-sessionid'] ?? request.headers.sid ?? '');
    const lastUse = this.#sessions.get(session);
    if (lastUse === undefined || Date.now() - lastUse > this.#settings.sessionIdleSeconds * 1000) return false;
    this.#sessions.set(session, Date.now());
    return true;
  }

  #bySignature(header: (name: string) => string, path: string): boolean {
    const { acctId, userName, appId, appSecret, verifyApiSignature, verifyAppSignature } = this.#settings;
    const time = header('x-api-timestamp');
    const appData = Buffer.from(header('x-kd-appdata'), 'base64').toString('utf8');
    if (header('x-kd-appkey') !== appId || !appData.startsWith(`${acctId},${userName},`)) return false;
    if (!this.#isTimely(time)) return false;
    const api = apiSignature(appId, path, header('x-api-nonce'), time);
    if (verifyApiSignature && header('x-api-signature') !== api) return false;
    return !verifyAppSignature || header('x-kd-signature') === appSignature(appId, appData, appSecret);
  }

  /** Seconds; an old SDK sends milliseconds. */
  #isTimely(time: string): boolean {
    if (!/^\d{10}(\d{3})?$/.test(time)) return false;
    const seconds = time.length === 13 ? Number(time) / 1000 : Number(time);
    return Math.abs(Date.now() / 1000 - seconds) <= this.#settings.timestampToleranceSeconds;
  }
}

function credentialsOf(names: readonly string[], { parameters, named }: Envelope): Record<string, string | undefined> {
  const value = (name: string, at: number): Json | undefined => (parameters ? parameters[at] : member(named, name));
  return Object.fromEntries(names.map((name, at) => [name, asText(value(name, at))]));
}

function refused(message: string): object {
  return {
    Message: message,
    MessageCode: null,
    LoginResultType: 0,
    KDSVCSessionId: null,
    IsSuccessByAPI: false,
    Context: null,
  };
}

function welcome(session: string, { acctId, userName }: KingdeeSandboxSettings): object {
  return {
    Message: null,
    MessageCode: 'CheckPasswordPolicy',
    LoginResultType: 1,
    KDSVCSessionId: session,
    IsSuccessByAPI: true,
    Context: {
      UserId: 100001,
      UserName: userName,
      DBid: acctId,
      DataCenterName: '测试账套',
      CurrentOrganizationInfo: { ID: 1, Name: '总公司' },
    },
  };
}
