import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './config/load.js';
import type { Redactor } from './logging/redactor.js';
import type { Clock } from './ports.js';

/** A secret, and while it is being rotated the one before it (W16 in security.md §1). */
export interface Secret {
  current: string;
  /** Accepted too, until `until` (ms since 1970; absent: not bounded here). Whoever keeps it longer has to look again. */
  previous?: { value: string; until?: number };
}

/** Where secrets come from. Configuration names them; only this port knows their values. */
export interface SecretSource {
  /** Reads the secret afresh, so a rotation needs no restart. Throws {@link SecretError}, which never holds a value. */
  resolve(name: string): Secret;
}

/** A secret that is missing or unusable; says which and how to mend it. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Secrets from variables `VOUCHERLINE_SECRET_<NAME>` (upper case, other characters as `_`) or files `<dir>/<name>`.
 * A rotation adds `…_PREVIOUS` and `…_PREVIOUS_UNTIL`, or `<name>.previous` and `<name>.previous-until`: an instant like
 * 2026-11-25T08:00:00Z, required, so that no old key stays valid for ever. Every value read is taught to `redactor`.
 */
export function createSecretSource(options: {
  env: Environment;
  dir?: string | undefined;
  clock: Clock;
  redactor: Redactor;
}): SecretSource {
  const { env, dir, clock, redactor } = options;

  const readPlace = (name: string, suffix: Suffix): { value: string; place: string } | undefined => {
    const variable = variableOf(name) + suffix.variable;
    const file = dir === undefined ? undefined : join(dir, name + suffix.file);
    const fromFile = file === undefined ? undefined : readIfThere(name, file);
    const fromEnv = env[variable] || undefined;
    if (fromEnv !== undefined && fromFile !== undefined) {
      throw new SecretError(`secret ${name} is given twice, by ${variable} and by ${file}: remove one`);
    }
    const value = fromEnv ?? fromFile;
    return value === undefined ? undefined : { value, place: fromEnv === undefined ? String(file) : variable };
  };

  const readValue = (name: string, suffix: Suffix): string | undefined => {
    const found = readPlace(name, suffix);
    if (!found) return undefined;
    redactor.remember(found.value.trim());
    if (found.value === '' || found.value !== found.value.trim()) {
      const fault = found.value.trim() === '' ? 'is empty' : 'has blanks or a line break around its value';
      throw new SecretError(`secret ${name}: ${found.place} ${fault}; write the bare value (printf, not echo)`);
    }
    return found.value;
  };

  const readUntil = (name: string): number => {
    const found = readPlace(name, UNTIL);
    const until = INSTANT.test(found?.value ?? '') ? Date.parse(found?.value ?? '') : Number.NaN;
    if (Number.isNaN(until)) {
      const place = found?.place ?? variableOf(name) + UNTIL.variable;
      throw new SecretError(
        `secret ${name} has a previous value without an end: give ${place} an instant like 2026-11-25T08:00:00Z`,
      );
    }
    return until;
  };

  return {
    resolve: (name) => {
      checkName(name);
      const current = readValue(name, CURRENT);
      if (current === undefined) throw missing(name, dir);
      const previous = readValue(name, PREVIOUS);
      if (previous === undefined) return { current };
      const until = readUntil(name);
      return clock.now() < until ? { current, previous: { value: previous, until } } : { current };
    },
  };
}

interface Suffix {
  variable: string;
  file: string;
}
const CURRENT: Suffix = { variable: '', file: '' };
const PREVIOUS: Suffix = { variable: '_PREVIOUS', file: '.previous' };
const UNTIL: Suffix = { variable: '_PREVIOUS_UNTIL', file: '.previous-until' };

/** With a zone: an instant without one would mean another time on another machine. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function variableOf(name: string): string {
  return `VOUCHERLINE_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

/** Names come from connection files and become file names. */
function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw new SecretError(`secret name ${JSON.stringify(name)}: use letters, digits, "-", "_" and ".", up to 100`);
  }
}

function missing(name: string, dir: string | undefined): SecretError {
  const file = dir === undefined ? `<SECRETS_DIR>/${name} (SECRETS_DIR is not set)` : join(dir, name);
  return new SecretError(`secret ${name} is missing: set ${variableOf(name)}, or write it into ${file}`);
}

function readIfThere(name: string, file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new SecretError(`secret ${name}: ${file} can't be read (${code}); check its rights`);
  }
}
