import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from './config/load.js';
import { fakeClock } from './fakes.js';
import { createRedactor } from './logging/redactor.js';
import { createSecretSource } from './secrets.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');

describe('createSecretSource', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'secrets-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const source = (env: Environment, redactor = createRedactor()) =>
    createSecretSource({ env, dir, clock: fakeClock(NOW), redactor });

  it('finds a secret in its variable or in its file, and sees a rotated file', () => {
    const secrets = source({ VOUCHERLINE_SECRET_DINGTALK_MAIN_KEY: 'from-env' });
    expect(secrets.resolve('dingtalk-main.key')).toEqual({ current: 'from-env' });
    writeFileSync(join(dir, 'kingdee'), 'first');
    expect(secrets.resolve('kingdee')).toEqual({ current: 'first' });
    writeFileSync(join(dir, 'kingdee'), 'second');
    expect(secrets.resolve('kingdee')).toEqual({ current: 'second' });
  });

  it('names both places of a missing secret', () => {
    expect(() => source({}).resolve('kingdee-hq')).toThrow(
      `secret kingdee-hq is missing: set VOUCHERLINE_SECRET_KINGDEE_HQ, or write it into ${join(dir, 'kingdee-hq')}`,
    );
    const nowhere = createSecretSource({ env: {}, clock: fakeClock(NOW), redactor: createRedactor() });
    expect(() => nowhere.resolve('kingdee-hq')).toThrow(/SECRETS_DIR is not set/);
  });

  it('refuses one that is given twice', () => {
    writeFileSync(join(dir, 'k'), 'one');
    expect(() => source({ VOUCHERLINE_SECRET_K: 'two' }).resolve('k')).toThrow(/given twice/);
  });

  it.each(['topsecret\n', ' topsecret', 'topsecret\t', '\ufefftopsecret'])(
    'refuses blanks around a value, without showing it: %j',
    (value) => {
      writeFileSync(join(dir, 'k'), value);
      expect(() => source({}).resolve('k')).toThrow(/^secret k: \S+ has blanks or a line break/);
      expect(() => source({}).resolve('k')).not.toThrow(/topsecret/);
    },
  );

  it('refuses an empty file', () => {
    writeFileSync(join(dir, 'k'), '');
    expect(() => source({}).resolve('k')).toThrow(/is empty/);
  });

  it.each(['../passwd', '/etc/passwd', 'a/b', '', '.', '..', 'a\0b'])('refuses %j as a name', (name) => {
    expect(() => source({}).resolve(name)).toThrow(/secret name/);
  });

  it('gives the previous value within its overlap only', () => {
    const during = {
      VOUCHERLINE_SECRET_K: 'new',
      VOUCHERLINE_SECRET_K_PREVIOUS: 'old',
      VOUCHERLINE_SECRET_K_PREVIOUS_UNTIL: '2026-11-24T20:00:01+08:00',
    };
    expect(source(during).resolve('k')).toEqual({ current: 'new', previous: { value: 'old', until: NOW + 1000 } });
    const over = { ...during, VOUCHERLINE_SECRET_K_PREVIOUS_UNTIL: '2026-11-24T12:00:00Z' };
    expect(source(over).resolve('k')).toEqual({ current: 'new' });
    writeFileSync(join(dir, 'f'), 'new');
    writeFileSync(join(dir, 'f.previous'), 'old');
    writeFileSync(join(dir, 'f.previous-until'), '2026-11-24T13:00:00Z');
    expect(source({}).resolve('f').previous?.value).toBe('old');
  });

  it.each([undefined, 'tomorrow', '2026-11-25', '2026-11-25T08:00:00', '2026-13-40T00:00:00Z'])(
    'refuses an overlap that ends at %s',
    (until) => {
      const env = {
        VOUCHERLINE_SECRET_K: 'new',
        VOUCHERLINE_SECRET_K_PREVIOUS: 'old',
        VOUCHERLINE_SECRET_K_PREVIOUS_UNTIL: until,
      };
      expect(() => source(env).resolve('k')).toThrow(/VOUCHERLINE_SECRET_K_PREVIOUS_UNTIL an instant/);
    },
  );

  it('teaches the redactor what it read, even what it refused', () => {
    const redactor = createRedactor();
    writeFileSync(join(dir, 'k'), 'topsecret\n');
    expect(() => source({}, redactor).resolve('k')).toThrow();
    source({ VOUCHERLINE_SECRET_OTHER: 'anothersecret' }, redactor).resolve('other');
    expect(redactor.secrets('a topsecret b anothersecret')).toBe('a [secret] b [secret]');
  });
});
