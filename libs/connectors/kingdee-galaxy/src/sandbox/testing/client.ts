import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BookedSandbox, readBook } from '@voucherline/connector-kit/sandbox';
import { signatureHeaders } from '../../pure/signature.js';
import { startKingdeeSandbox } from '../index.js';
import { DEFAULT_SETTINGS } from '../settings.js';

export const STUB = '/k3cloud/Kingdee.BOS.WebApi.ServicesStub';
const { acctId, userName, appId, appSecret } = DEFAULT_SETTINGS;
export const caller = { acctId, userName, appId, appSecret, lcid: '2052', orgNum: '0' };

let sandbox: BookedSandbox;

/** Starts the sandbox of a test; returns where its book is kept. */
export async function start(settings: Record<string, unknown> = {}, dataDir = mkdtempSync(join(tmpdir(), 'kingdee-'))) {
  sandbox = await startKingdeeSandbox({ dataDir, settings });
  return dataDir;
}

/** Stops it. A spec that uses this module does so after each test. */
export const stop = () => sandbox.close();

export const book = () => readBook(sandbox.bookPath);

// biome-ignore lint/suspicious/noExplicitAny: replies are as free as the vendor's
export type Reply = any;

export const seconds = () => Math.floor(Date.now() / 1000);
export const raw = (path: string, body: unknown, headers: Record<string, string>) =>
  fetch(sandbox.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
export const call = async (operation: string, body: unknown, headers?: Record<string, string>): Promise<Reply> => {
  const path = `${STUB}.DynamicFormService.${operation}.common.kdsvc`;
  return JSON.parse(await (await raw(path, body, headers ?? signatureHeaders(caller, path, seconds()))).text());
};
export const login = async (operation: string, body: unknown): Promise<{ reply: Reply; cookie: string }> => {
  const response = await raw(`${STUB}.AuthService.${operation}.common.kdsvc`, body, {});
  return { reply: await response.json(), cookie: (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' };
};
export const control = async (path: string, body?: unknown, method = 'POST'): Promise<Reply> => {
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, init);
  return response.json();
};
export const status = (reply: Reply): Reply => reply.Result.ResponseStatus;
export const query = (FieldKeys: string, FilterString: string, rest: object = {}) =>
  call('ExecuteBillQuery', { data: { FormId: 'AP_PAYBILL', FieldKeys, FilterString, ...rest } });
export const push = (number: string, rest: object = {}) =>
  call('Push', {
    formid: 'CN_PAYAPPLY',
    data: {
      Numbers: [number],
      TargetFormId: 'AP_PAYBILL',
      IsEnableDefaultRule: 'true',
      IsDraftWhenSaveFail: 'true',
      ...rest,
    },
  });
export const ids = (id: unknown) => ({ Ids: String(id) });
export const apply = async (amount = '1280.50', more: object = {}): Promise<string> =>
  (await control('/payapply', { amount, ...more })).numbers[0];
