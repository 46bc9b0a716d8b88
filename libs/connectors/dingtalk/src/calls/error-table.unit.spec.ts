import type { HttpResult } from '@voucherline/connector-kit';
import { describe, expect, it } from 'vitest';
import { answerOf } from './answer.js';
import { verdictOf } from './error-table.js';

/** 2026-11-24 20:00:00 in Shanghai. */
const NOW = Date.parse('2026-11-24T12:00:00Z');
const verdict = (code: string, words = '') => verdictOf({ code, words }, NOW, 'Asia/Shanghai');

describe('the error table', () => {
  it.each(['90001', '90002', '90009', '90010', '90014', '90017', '90018'])('%s is "later"', (code) => {
    expect(verdict(code)).toEqual({ kind: 'throttled', afterMs: 1000 });
  });

  it.each([
    ['请求总次数超过了 300 次, 处罚将在 2026-11-24 20:00:05 结束.', 5_000],
    ['处罚将在 2026-11-24 19:59:58 结束', 1_000],
    ['处罚将在 2027-01-01 00:00:00 结束', 3_600_000],
    ['处罚将在 soon 结束', 1_000],
  ])('waits as long as the message says: %s', (words, afterMs) => {
    expect(verdict('90018', words)).toEqual({ kind: 'throttled', afterMs });
  });

  it.each([
    [NOW, Date.parse('2026-11-30T16:00:00Z') - NOW],
    [Date.parse('2026-12-31T15:59:00Z'), 60_000],
    [Date.parse('2026-12-31T16:00:00Z'), 31 * 86_400_000],
  ])('waits for the next month when the monthly quota is spent', (now, afterMs) => {
    expect(verdictOf({ code: '90020', words: '' }, now, 'Asia/Shanghai')).toEqual({ kind: 'throttled', afterMs });
  });

  it.each(['40000', '40001', '40014', '41001', '42001'])('%s asks for another token', (code) => {
    expect(verdict(code)).toMatchObject({ kind: 'badToken', refusal: { code, owner: 'administrator' } });
  });

  it.each([
    ['60011', '应用尚未开通所需的权限: [qyapi_aflow]', /permissions/],
    ['60020', '访问ip不在白名单之中', /IP whitelist/],
    ['33012', '无效的USERID', /commentUserId/],
    ['40096', '不合法的appKey或appSecret', /appSecret/],
    ['830001', '', /process code/],
    ['22', 'Invalid method', /baseUrl/],
  ])('%s is a refusal with the words of the vendor and what to do', (code, words, nextStep) => {
    expect(verdict(code, words)).toMatchObject({ kind: 'rejected', code, words, owner: 'administrator' });
    expect(verdict(code)).toMatchObject({ nextStep: expect.stringMatching(nextStep) });
  });

  it('does not claim anything about a code it does not name', () => {
    expect(verdict('99999')).toMatchObject({ kind: 'unlisted', refusal: { owner: 'operations' } });
    expect(verdict('90015').kind).toBe('unlisted');
    expect(verdict('-1').kind).toBe('busy');
  });

  it('masks long numbers and cuts long words', () => {
    const { words } = verdict('60011', `账号 6222020200112233 ${'x'.repeat(600)}`) as { words: string };
    expect(words).toContain('账号 …2233');
    expect(words).toHaveLength(500);
  });
});

describe('an answer', () => {
  const answer = (body: string, status = 200) =>
    answerOf({ kind: 'response', status, headers: {}, body: Buffer.from(body), sentAt: 0, tookMs: 1 });

  it('has its code inside the wrapper 88, or beside it', () => {
    const errorOf = (body: object) => answer(JSON.stringify(body));
    expect(errorOf({ errcode: 88, sub_code: '90018', sub_msg: 'slow', errmsg: 'ding talk error' })).toEqual({
      kind: 'error',
      error: { code: '90018', words: 'slow' },
    });
    expect(errorOf({ errcode: 88, errmsg: 'x' })).toMatchObject({ error: { code: '88' } });
    expect(errorOf({ errcode: 60011, errmsg: 'no' })).toEqual({ kind: 'error', error: { code: '60011', words: 'no' } });
  });

  it.each([
    ['the page that blocks an address', '{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"u"}', 300_000],
    ['one that says no time', '{"status":1111,"punish":"deny"}', 300_000],
    ['one that says nonsense', '{"status":1111,"punish":"deny","wait":-3}', 300_000],
  ])('"later" comes from %s', (_what, body, afterMs) => {
    expect(answer(body)).toEqual({ kind: 'throttled', afterMs });
  });

  it.each([
    ['a page', '<html></html>', 200],
    ['half of an answer', '{"errcode":0,"result"', 200],
    ['a code given twice', '{"errcode":88,"errcode":0}', 200],
    ['no code', '{"result":{}}', 200],
    ['a list', '[]', 200],
    ['a fault of the server', '{"errcode":0}', 502],
    ['a redirect', '', 302],
  ])('is lost when it is %s', (_what, body, status) => {
    expect(answer(body, status).kind).toBe('lost');
  });

  it('that never came is lost, and unsent when nothing left', () => {
    const unknown: HttpResult = { kind: 'unknown', reason: 'timeout', detail: 'x', sentAt: 0, tookMs: 1 };
    expect(answerOf(unknown)).toEqual({ kind: 'lost', detail: 'timeout: x' });
    expect(answerOf({ kind: 'notSent', reason: 'dns', detail: 'x' })).toEqual({ kind: 'notSent', detail: 'dns: x' });
  });
});
