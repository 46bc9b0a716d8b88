import { describe, expect, it } from 'vitest';
import { faultText } from '../file/fault.js';
import { checkConnection } from './check-connection.js';
import type { ConnectionManifest } from './manifest.js';

const required = { description: 'd', required: true } as const;
const manifest: ConnectionManifest = {
  product: 'dingtalk',
  settings: [
    { name: 'baseUrl', type: 'string', pattern: 'https?://[^ ]+', ...required },
    { name: 'processCodes', type: 'string[]', ...required },
    { name: 'language', type: 'choice', choices: ['zh', 'en'], default: 'zh', ...required },
    { name: 'masterData', type: 'string[]', choices: ['departments', 'users'], description: 'd', required: false },
    { name: 'pageSize', type: 'integer', description: 'd', required: false },
    { name: 'notes', type: 'boolean', description: 'd', required: false },
  ],
  secrets: [
    { name: 'appSecret', type: 'string', ...required },
    { name: 'aesKey', type: 'string', description: 'd', required: false },
  ],
  limits: { perSecond: 20, concurrency: 8 },
};

const good = `name: dingtalk-main
product: dingtalk
account: dingcorp0001
timeZone: Asia/Shanghai
settings:
  baseUrl: \${DINGTALK_URL}/v1
  processCodes: [PROC-PAYMENT]
secrets: { appSecret: dingtalk-app-secret }
`;
const environment = { DINGTALK_URL: 'http://127.0.0.1:18630' };

function checked(text: string, env: Record<string, string> = environment) {
  return checkConnection(text, 'main.yaml', [manifest], env);
}

describe('a connection file', () => {
  it('without faults is complete: variables and defaults are put in', () => {
    const result = checked(good);
    if (!result.ok) throw new Error(result.errors.map(faultText).join('\n'));
    expect(result.value.connection).toEqual({
      name: 'dingtalk-main',
      product: 'dingtalk',
      account: 'dingcorp0001',
      timeZone: 'Asia/Shanghai',
      settings: { baseUrl: 'http://127.0.0.1:18630/v1', processCodes: ['PROC-PAYMENT'], language: 'zh' },
      secrets: { appSecret: 'dingtalk-app-secret' },
      limits: { perSecond: 20, concurrency: 8 },
    });
  });

  it('may choose several from a list of choices, or none', () => {
    for (const chosen of [['departments', 'users'], []]) {
      const result = checked(good.replace('/v1', `/v1\n  masterData: [${chosen.join(', ')}]`));
      expect(result.ok && result.value.connection.settings.masterData).toEqual(chosen);
    }
  });

  it('may set limits of its own', () => {
    const result = checked(`${good}limits: { perSecond: 5, perMonth: 5000 }\n`);
    expect(result.ok && result.value.connection.limits).toEqual({ perSecond: 5, perMonth: 5000, concurrency: 8 });
  });

  const secret = 'dingtalk-app-secret';
  const faulty: [string, string, string, RegExp][] = [
    ['an unknown product', 'product: dingtalk', 'product: dingtork', /:2:1: product: "dingtork" is no choice/],
    ['an unknown setting', 'processCodes:', 'processCode:', /:7:3: settings\.processCode: .* not known here/],
    ['a missing setting', '  processCodes: [PROC-PAYMENT]\n', '', /settings\.processCodes: "processCodes" is missing/],
    [
      'a setting of another form',
      `\${DINGTALK_URL}/v1`,
      'ftp://x',
      /settings\.baseUrl: "ftp:\/\/x" is not text of the form/,
    ],
    [
      'an unset variable',
      'DINGTALK_URL',
      'DINGTALK_URI',
      /the variable DINGTALK_URI is not set\. Set DINGTALK_URI where/,
    ],
    ['a list that is none', '[PROC-PAYMENT]', 'PROC-PAYMENT', /settings\.processCodes: expected a list, found text/],
    ['a strange choice', '/v1', '/v1\n  language: fr', /"fr" is no choice\. Choose one of zh, en/],
    [
      'a choice in a list that is none',
      '/v1',
      '/v1\n  masterData: [users, accounts]',
      /:7:23: settings\.masterData\[1\]: "accounts" is no choice\. Choose one of departments, users/,
    ],
    ['a broken number', '/v1', '/v1\n  pageSize: "20"', /expected a whole number/],
    ['a broken switch', '/v1', '/v1\n  notes: "yes"', /expected true or false/],
    ['an unknown time zone', 'Asia/Shanghai', 'Asia/Shanghigh', /"Asia\/Shanghigh" is no known time zone/],
    ['an offset for a time zone', 'Asia/Shanghai', '+08:00', /is not a time zone of the IANA data base/],
    ['an unknown secret', 'appSecret:', 'appSecrets:', /secrets\.appSecrets: .* not known here/],
    [
      'a limit of nothing',
      'secrets:',
      'limits: { perSecond: 0 }\nsecrets:',
      /limits\.perSecond: expected a whole number/,
    ],
  ];
  it.each(faulty)('with %s is refused, with the place and the mend', (_what, from, to, words) => {
    expect(good).toContain(from);
    const result = checked(good.replace(from, to));
    expect(result.ok ? '' : result.errors.map(faultText).join('\n')).toMatch(words);
  });

  it('with a secret instead of its name is refused without showing it', () => {
    const result = checked(good.replace(secret, '"pa55/word+="'));
    const words = result.ok ? '' : result.errors.map(faultText).join();
    expect(words).toMatch(/:8:12: secrets\.appSecret: this is not the name of a secret/);
    expect(words).not.toContain('pa55');
  });
});
