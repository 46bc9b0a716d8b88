import { describe, expect, it } from 'vitest';
import type { LogFields } from './log-fields.js';
import { createLogger } from './logger.js';
import { createRedactor } from './redactor.js';

function capture(level: 'debug' | 'info' | 'warn' = 'info') {
  const raw: string[] = [];
  const redactor = createRedactor();
  const logger = createLogger({
    service: 'collector',
    level,
    redactor,
    destination: { write: (line) => void raw.push(line) },
  });
  return { raw, redactor, logger, lines: () => raw.map((line) => JSON.parse(line)) };
}

describe('createLogger', () => {
  it('writes one JSON object a line with service, level, time and the declared fields', () => {
    const { logger, raw, lines } = capture();
    logger.child({ connection: 'dingtalk-main' }).info('read %s', { subject: 'dingtalk/c/expense/1', count: 3 });
    expect(raw).toHaveLength(1);
    expect(raw[0]?.endsWith('\n')).toBe(true);
    expect(lines()[0]).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      service: 'collector',
      connection: 'dingtalk-main',
      subject: 'dingtalk/c/expense/1',
      count: 3,
      message: 'read %s',
    });
  });

  it('drops fields that are not declared, and objects in declared ones', () => {
    const { logger, raw, lines } = capture();
    const careless = {
      payload: 'canary',
      headers: { authorization: 'canary' },
      subject: { password: 'canary' },
      constructor: 'canary',
      outcome: 'read',
    };
    logger.info('done', careless as unknown as LogFields);
    expect(raw.join()).not.toContain('canary');
    expect(lines()[0].outcome).toBe('read');
  });

  it('keeps levels below its own to itself', () => {
    const { logger, lines } = capture('warn');
    logger.info('no');
    logger.warn('yes');
    expect(lines().map((line) => line.message)).toEqual(['yes']);
  });

  it('keeps name, message, code, frames and causes of an error and nothing else of it', () => {
    const { logger, raw, lines } = capture();
    const cause = Object.assign(new Error('socket closed'), { code: 'ECONNRESET', request: { token: 'canary' } });
    logger.error('failed', { error: Object.assign(new TypeError('no answer', { cause }), { headers: ['canary'] }) });
    const { error } = lines()[0];
    expect(error).toMatchObject({
      name: 'TypeError',
      message: 'no answer',
      cause: { name: 'Error', message: 'socket closed', code: 'ECONNRESET' },
    });
    expect(error.stack).toMatch(/^at /);
    expect(raw.join()).not.toContain('canary');
  });

  it('survives an error that is its own cause, and things thrown that are no errors', () => {
    const { logger, lines } = capture();
    const loop = new Error('loop');
    loop.cause = loop;
    logger.error('a', { error: loop });
    logger.error('b', { error: 'just text' });
    expect(lines().map((line) => line.error.message)).toEqual(['loop', 'just text']);
  });

  it('takes escape sequences, line breaks and direction overrides out of all text', () => {
    const { logger, lines } = capture();
    const nasty = '\u001b[31mred\u001b[0m\n{"level":"info"}\u202e \u001b]0;title\u0007\u009b1mbold\r';
    logger.info(nasty, { subject: nasty, reason: nasty, error: new Error(nasty) });
    const [line] = lines();
    for (const text of [line.message, line.subject, line.reason, line.error.message]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: looked for on purpose
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(text).toContain('red {"level":"info"}');
      expect(text).not.toMatch(/\[31m|title|1mb/);
    }
  });

  it('masks bank accounts in free text and leaves identities alone', () => {
    const { logger, raw, lines } = capture();
    const text = 'payee 6222 0212 3456 7890 123 and 6222021234567890123 refused';
    logger.info(text, { reason: text, error: new Error(text), subject: 'hesi/c/bill/202411240000001' });
    expect(raw.join()).not.toMatch(/6222|34567890/);
    expect(lines()[0].reason).toBe('payee ****0123 and ****0123 refused');
    expect(lines()[0].subject).toBe('hesi/c/bill/202411240000001');
  });

  it('masks a known secret everywhere, also as it looks in a URL', () => {
    const { logger, raw, redactor } = capture();
    redactor.remember('pa/ss word+1');
    logger.info('pa/ss word+1', { key: 'pa/ss word+1', reason: 'x=pa%2Fss%20word%2B1', config: { A: 'pa/ss word+1' } });
    expect(raw.join()).not.toContain('pa/ss');
    expect(raw.join()).not.toContain('pa%2Fss');
  });
});
