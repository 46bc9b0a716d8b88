import { describe, expect, it } from 'vitest';
import { clientSecret, loginSignature, signatureHeaders } from './signature.js';

/** The vector of kingdee.md §2.2. */
const caller = {
  acctId: '65000000000001',
  userName: 'demo',
  appId: '100001_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY',
  appSecret: 'app-secret-for-tests',
  lcid: '2052',
  orgNum: '0',
};
const path = '/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.View.common.kdsvc';

describe('signature', () => {
  it('is that of the test vector', () => {
    expect(clientSecret(caller.appId)).toBe('MTI2MGM1Pj9qPDk/OT04KHMiKnd0IXMr');
    expect(signatureHeaders(caller, path, 1_700_000_000)).toMatchObject({
      'X-Api-ClientID': '100001',
      'x-api-timestamp': '1700000000',
      'x-api-nonce': '1700000000',
      'X-Api-Signature': 'YTQ4OGM4OTVmZjQ0MjUwOGNiMzI0MzMwY2FkNmExODljYWI3YzAwZTA2MmJjNTU0MWJiNDlkYmI0OTE1YWZhZg==',
      'X-Kd-Appdata': 'NjUwMDAwMDAwMDAwMDEsZGVtbywyMDUyLDA=',
      'X-Kd-Signature': 'ZWNiODY1MjNlZWUwMDA5ZjQzZDNlM2Q1MGFiYjg5ODU2OGZiMDhiMDBhNmFlNDI1YzEzODM0MjNlNTdjZTA4ZA==',
    });
  });

  it('of a login is that of the test vector', () => {
    expect(loginSignature(caller, '1700000000')).toBe(
      '7d61e7c14ba9a39e308b0d7e38aa94c377a411b652157f359d07ed4334a1b196',
    );
  });

  it('takes a secret of another length as it is', () => {
    expect(clientSecret('100001_short')).toBe('short');
  });
});
