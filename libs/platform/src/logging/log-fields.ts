import { cleanError, cleanText } from './clean.js';
import type { Redactor } from './redactor.js';

/**
 * The only fields a log line can carry (security.md §6: an allow-list, not a list of what to hide). A field is added
 * when somebody has thought about what it may hold. `identity`: written as it is, but for control characters and known
 * secrets. `text`: free words, in which long numbers are masked too.
 */
const FIELDS = {
  subject: 'identity',
  traceId: 'identity',
  messageId: 'identity',
  messageType: 'identity',
  topic: 'identity',
  partition: 'identity',
  offset: 'identity',
  shard: 'identity',
  epoch: 'identity',
  connection: 'identity',
  product: 'identity',
  account: 'identity',
  flow: 'identity',
  stage: 'identity',
  worker: 'identity',
  runner: 'identity',
  item: 'identity',
  kind: 'identity',
  key: 'identity',
  voucherKey: 'identity',
  generation: 'identity',
  attempt: 'identity',
  outcome: 'identity',
  code: 'identity',
  status: 'identity',
  count: 'identity',
  durationMs: 'identity',
  dueAt: 'identity',
  host: 'identity',
  port: 'identity',
  signal: 'identity',
  reason: 'text',
  nextStep: 'text',
  /** The masked summary of a configuration. */
  config: 'settings',
  /** Anything thrown; only its name, message, code, frames and causes are kept. */
  error: 'error',
} as const;

interface FieldTypes {
  identity: string | number;
  text: string;
  settings: Record<string, string>;
  error: unknown;
}

export type LogFields = { [Name in keyof typeof FIELDS]?: FieldTypes[(typeof FIELDS)[Name]] | undefined };

/** The fields as they may be written; what is not declared above, or not of its declared type, is left out. */
export function cleanFields(fields: LogFields, redactor: Redactor): Record<string, unknown> {
  const cleaned = Object.entries(fields).map(([name, value]) => [name, cleanField(name, value, redactor)]);
  return Object.fromEntries(cleaned.filter(([, value]) => value !== undefined));
}

function cleanField(name: string, value: unknown, redactor: Redactor): unknown {
  if (value === undefined || !Object.hasOwn(FIELDS, name)) return undefined;
  switch (FIELDS[name as keyof typeof FIELDS]) {
    case 'identity':
      if (typeof value === 'number') return value;
      return typeof value === 'string' ? redactor.secrets(cleanText(value)) : undefined;
    case 'text':
      return typeof value === 'string' ? redactor.text(cleanText(value)) : undefined;
    case 'settings':
      return cleanSettings(value, redactor);
    case 'error':
      return cleanError(value, redactor);
  }
}

function cleanSettings(settings: unknown, redactor: Redactor): Record<string, string> | undefined {
  if (typeof settings !== 'object' || settings === null) return undefined;
  const clean = (text: unknown) => redactor.secrets(cleanText(String(text)));
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [clean(name), clean(value)]));
}
