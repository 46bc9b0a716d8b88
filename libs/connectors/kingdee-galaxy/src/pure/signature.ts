import { createHash, createHmac } from 'node:crypto';

/** Who calls: a third-party app of an account set, acting as its integration user. */
export interface Caller {
  readonly acctId: string;
  readonly userName: string;
  readonly appId: string;
  readonly appSecret: string;
  /** Language, e.g. `2052` (simplified Chinese). */
  readonly lcid: string;
  /** Organisation number, `0` for none. */
  readonly orgNum: string;
}

/** The text that masks the secret inside an app id: its ASCII bytes, not what its hex digits stand for (kingdee.md §2.2). */
const MASK = Buffer.from('0054f397c6234378b09ca7d3e5debce7', 'ascii');

/**
 * Headers that sign one request (kingdee.md §2.2). The body is not signed.
 * @param path of the URL, from the first slash after the host
 * @param seconds Unix time
 */
export function signatureHeaders(caller: Caller, path: string, seconds: number): Record<string, string> {
  const { appId, appSecret, acctId, userName, lcid, orgNum } = caller;
  const time = String(seconds);
  const appData = `${acctId},${userName},${lcid},${orgNum}`;
  return {
    'X-Api-ClientID': appId.split('_')[0] ?? '',
    'X-Api-Auth-Version': '2.0',
    'x-api-timestamp': time,
    'x-api-nonce': time,
    'x-api-signheaders': 'x-api-timestamp,x-api-nonce',
    'X-Api-Signature': apiSignature(appId, path, time, time),
    'X-Kd-Appkey': appId,
    'X-Kd-Appdata': Buffer.from(appData, 'utf8').toString('base64'),
    'X-Kd-Signature': appSignature(appId, appData, appSecret),
  };
}

/** `X-Api-Signature`: over method, path, nonce and time, with the secret that the app id holds. */
export function apiSignature(appId: string, path: string, nonce: string, time: string): string {
  const encoded = encodeURIComponent(path);
  return hexThenBase64(`POST\n${encoded}\n\nx-api-nonce:${nonce}\nx-api-timestamp:${time}\n`, clientSecret(appId));
}

/** `X-Kd-Signature`: over app id and the plain text of `X-Kd-Appdata`. */
export function appSignature(appId: string, appData: string, appSecret: string): string {
  return hexThenBase64(appId + appData, appSecret);
}

/** `sign` of LoginBySign: SHA-256 over the five texts, sorted by ordinal value (kingdee.md §2.1). */
export function loginSignature(caller: Pick<Caller, 'acctId' | 'userName' | 'appId' | 'appSecret'>, seconds: string) {
  const parts = [caller.acctId, caller.userName, caller.appId, caller.appSecret, seconds].sort();
  return createHash('sha256').update(parts.join(''), 'utf8').digest('hex');
}

/** The secret inside an app id: 24 bytes after the `_`, masked; as base64. Parts of another length are used as they are. */
export function clientSecret(appId: string): string {
  const part = appId.slice(appId.indexOf('_') + 1);
  if (part.length !== 32) return part;
  const bytes = Buffer.from(part, 'base64');
  return Buffer.from(bytes.map((byte, at) => byte ^ (MASK[at] ?? 0))).toString('base64');
}

function hexThenBase64(content: string, key: string): string {
  return Buffer.from(createHmac('sha256', key).update(content, 'utf8').digest('hex'), 'ascii').toString('base64');
}
