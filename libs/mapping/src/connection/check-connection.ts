import type { ConnectionContent, ConnectionLimits } from '@voucherline/contracts';
import { type Checked, checkFile, publishedHash } from '../file/check-file.js';
import type { Cursor } from '../file/cursor.js';
import { given } from '../flow/given.js';
import { NAME, NAME_WORDS } from '../flow/read-flow.js';
import type { ConnectionManifest, Environment } from './manifest.js';
import { namesOf, readSettings } from './read-settings.js';

/** A connection with the hash that names this version of it. */
export interface PublishableConnection {
  readonly connection: ConnectionContent;
  readonly hash: string;
}

const SECRET_NAME = /[A-Za-z0-9][A-Za-z0-9._-]{0,99}/;
const SECRET_WORDS = 'the name of a secret (never the secret itself)';

/** Checks a connection file against what its connector says it needs. Every fault names file, line, column, field and mend. */
export function checkConnection(
  text: string,
  file: string,
  manifests: readonly ConnectionManifest[],
  environment: Environment,
): Checked<PublishableConnection> {
  return checkFile(text, file, (top) => {
    const connection = readConnection(top, manifests, environment);
    return connection && { connection, hash: publishedHash(connection) };
  });
}

function readConnection(
  at: Cursor,
  manifests: readonly ConnectionManifest[],
  environment: Environment,
): ConnectionContent | undefined {
  const top = at.members(['name', 'product', 'account', 'timeZone', 'settings', 'secrets'], ['limits']);
  const product = top?.product?.oneOf(manifests.map((one) => one.product));
  const manifest = manifests.find((one) => one.product === product);
  if (top === undefined || manifest === undefined) return undefined;
  return given({
    name: top.name?.text(NAME, NAME_WORDS),
    product: manifest.product,
    account: top.account?.text(),
    timeZone: top.timeZone && readTimeZone(top.timeZone),
    settings: top.settings && readSettings(top.settings, manifest.settings, environment),
    secrets: top.secrets && readSecrets(top.secrets, manifest),
    limits: top.limits === undefined ? manifest.limits : readLimits(top.limits, manifest.limits),
  });
}

/** Names from the IANA data base only: an offset such as +08:00 knows no change of the clock. */
function readTimeZone(at: Cursor): string | undefined {
  const name = at.text(/[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+|UTC/, 'a time zone of the IANA data base such as Asia/Shanghai');
  if (name === undefined) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    return at.fault(`"${name}" is no known time zone`, 'Write one such as Asia/Shanghai.');
  }
}

function readSecrets(at: Cursor, { secrets }: ConnectionManifest): Readonly<Record<string, string>> | undefined {
  const { required, optional } = namesOf(secrets);
  const members = at.members(required, optional);
  if (members === undefined) return undefined;
  const named = Object.entries(members).map(([field, name]) => [field, readSecretName(name as Cursor)]);
  return Object.fromEntries(named) as Record<string, string>;
}

/** The value may be a secret that was put here by mistake, so no fault repeats it. */
function readSecretName(at: Cursor): string | undefined {
  if (typeof at.value === 'string' && SECRET_NAME.exec(at.value)?.[0] === at.value) return at.value;
  return at.fault(
    `this is not ${SECRET_WORDS}`,
    'Write letters, digits, `.`, `_`, `-`; keep the value where services find secrets.',
  );
}

function readLimits(at: Cursor, defaults: ConnectionLimits): ConnectionLimits | undefined {
  const members = at.members([], ['perSecond', 'perMonth', 'concurrency']);
  if (members === undefined) return undefined;
  const { perSecond, perMonth, concurrency } = members;
  const limits = given({
    perSecond: perSecond === undefined ? defaults.perSecond : readLimit(perSecond),
    concurrency: concurrency === undefined ? defaults.concurrency : readLimit(concurrency),
  });
  const monthly = perMonth === undefined ? defaults.perMonth : readLimit(perMonth);
  return limits && { ...limits, ...(monthly !== undefined && { perMonth: monthly }) };
}

function readLimit(at: Cursor): number | undefined {
  const { value } = at;
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  return at.fault('expected a whole number above zero', 'Write digits, no quotes.');
}
