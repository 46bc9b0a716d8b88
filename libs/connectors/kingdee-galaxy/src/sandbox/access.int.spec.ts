import { afterEach, describe, expect, it } from 'vitest';
import { loginSignature, signatureHeaders } from '../pure/signature.js';
import { DEFAULT_SETTINGS } from './settings.js';
import {
  apply,
  call,
  caller,
  control,
  login,
  push,
  query,
  raw,
  STUB,
  seconds,
  start,
  status,
  stop,
} from './testing/client.js';

const { acctId, userName, appId, appSecret, password } = DEFAULT_SETTINGS;

afterEach(stop);

describe('authentication', () => {
  const viewPath = `${STUB}.DynamicFormService.View.common.kdsvc`;
  const view = (headers: Record<string, string>) => call('View', { formid: 'AP_PAYBILL', data: { Id: '1' } }, headers);

  it('verifies both signatures and the time', async () => {
    await start();
    const good = signatureHeaders(caller, viewPath, seconds());
    expect(status(await view(good)).MsgCode).toBe(9);
    for (const bad of [
      { ...good, 'X-Api-Signature': 'x' },
      { ...good, 'X-Kd-Signature': 'x' },
      signatureHeaders(caller, viewPath, seconds() - 400),
      signatureHeaders({ ...caller, userName: 'other' }, viewPath, seconds()),
      {},
    ]) {
      expect(status(await view(bad))).toMatchObject({ MsgCode: 1, Errors: [{ FieldName: null }] });
    }
  });

  it('logs in three ways', async () => {
    await start();
    const time = String(seconds());
    const sign = loginSignature(caller, time);
    const ways: [string, unknown][] = [
      ['ValidateUser', { acctID: acctId, username: userName, password, lcid: 2052 }],
      ['LoginByAppSecret', { parameters: [acctId, userName, appId, appSecret, 2052] }],
      ['LoginBySign', { parameters: JSON.stringify([acctId, userName, appId, time, sign, 2052]) }],
    ];
    for (const [operation, body] of ways) {
      const { reply, cookie } = await login(operation, body);
      expect(reply).toMatchObject({ LoginResultType: 1, IsSuccessByAPI: true });
      expect(cookie).toBe(`kdservice-sessionid=${reply.KDSVCSessionId}`);
      expect(status(await view({ Cookie: cookie })).MsgCode).toBe(9);
      expect(status(await view({ 'kdservice-sessionid': reply.KDSVCSessionId })).MsgCode).toBe(9);
    }
  });

  it('ends a session that nobody used for a while', async () => {
    await start({ sessionIdleSeconds: 0.001 });
    const { cookie } = await login('ValidateUser', { acctid: acctId, username: userName, password });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(status(await view({ Cookie: cookie })).MsgCode).toBe(1);
  });

  it('says "session lost" to a login with a wrong account set, and "wrong password" to a wrong password', async () => {
    await start();
    const wrongSet = await login('ValidateUser', { acctid: 'x', username: userName, password });
    expect(status(wrongSet.reply)).toMatchObject({ MsgCode: 1, IsSuccess: false });
    const wrongPassword = await login('ValidateUser', { acctid: acctId, username: userName, password: 'x' });
    expect(wrongPassword.reply.LoginResultType).toBe(0);
  });
});

describe('envelopes', () => {
  it('come in three shapes, with data as object or text; a bare array is an HTTP 500', async () => {
    await start();
    const data = { FormId: 'AP_PAYBILL', FieldKeys: 'FID' };
    for (const body of [
      { data },
      { data: JSON.stringify(data) },
      { parameters: [JSON.stringify(data)] },
      { format: 1, rid: 'x', parameters: JSON.stringify([JSON.stringify(data)]), v: '1.0' },
    ]) {
      expect(await call('ExecuteBillQuery', body)).toEqual([]);
    }
    const path = `${STUB}.DynamicFormService.ExecuteBillQuery.common.kdsvc`;
    expect((await raw(path, [data], signatureHeaders(caller, path, seconds()))).status).toBe(500);
  });

  it('for no operation are answered with a server exception', async () => {
    await start();
    expect(await (await raw(`${STUB}.DynamicFormService.Nothing.common.kdsvc`, {}, {})).text()).toMatch(
      /^response_error:/,
    );
  });
});

describe('faults of its own', () => {
  it.each([
    ['msgCode13', { Result: { ResponseStatus: { MsgCode: 13 } } }],
    ['sessionLost', { Result: { ResponseStatus: { MsgCode: 1 } } }],
    ['throttle', { Result: { ResponseStatus: { MsgCode: 14 } } }],
    ['emptyResult', { Result: {} }],
  ])('%s bites before anything is done', async (kind, expected) => {
    await start();
    const number = await apply();
    await control('/faults', { kind, operation: 'Push' });
    expect(await push(number)).toMatchObject(expected);
    expect(await query('FID', '')).toEqual([]);
  });

  it.each([
    ['sessionLost', 1],
    ['noRows', 1],
    ['executeTwice', 2],
  ])('%s after it was executed', async (kind, bills) => {
    await start();
    const number = await apply();
    await control('/faults', { kind, operation: 'Push', executed: true, times: 1 });
    await push(number);
    expect(await query('FID', '')).toHaveLength(bills);
  });
});
