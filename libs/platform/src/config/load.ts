import { type ValidationError, validateSync } from 'class-validator';
import { type ConfigClass, type Setting, type SettingOptions, settingsOf } from './setting.js';

/** The variables of a process, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One faulty variable: what is wrong, and how to mend it. Holds no value of a secret. */
export interface ConfigFault {
  env: string;
  fault: string;
  mend: string;
}

/** All faults of a configuration at once, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    config: string,
    readonly faults: readonly ConfigFault[],
  ) {
    const lines = faults.map(({ env, fault, mend }) => `  ${env}: ${fault}. ${mend}`);
    super(`${config} can't be used, ${faults.length} of its variables are wrong:\n${lines.join('\n')}`);
  }
}

/**
 * Fills a configuration class from the environment and validates it whole.
 * An empty variable counts as unset. Throws one {@link ConfigError} that lists every fault.
 */
export function loadConfig<T extends object>(config: ConfigClass<T>, env: Environment): Readonly<T> {
  const settings = settingsOf(config);
  const loaded = new config();
  const faults: ConfigFault[] = [];
  for (const setting of settings) {
    const value = read(setting, env[setting.env]);
    if (value instanceof Fault) faults.push(faultOf(setting, value.message));
    else Object.assign(loaded, { [setting.property]: value });
  }
  const unread = new Set(faults.map((fault) => fault.env));
  for (const error of validateSync(loaded, { forbidUnknownValues: false, skipMissingProperties: true })) {
    const setting = settings.find(({ property }) => property === error.property);
    if (setting && !unread.has(setting.env)) faults.push(faultOf(setting, messageOf(error, setting)));
  }
  if (faults.length > 0) throw new ConfigError(config.name, faults);
  return Object.freeze(loaded);
}

/** A row of a README's table of settings. */
export type SettingDescription = Omit<Setting, 'optional' | 'secret'> & { required: boolean; secret: boolean };

/** The settings of a configuration class, for documents and for tests over deployment files. */
export function describeConfig<T extends object>(config: ConfigClass<T>): SettingDescription[] {
  return settingsOf(config).map(({ optional, secret, ...setting }) => ({
    ...setting,
    required: setting.default === undefined && optional !== true,
    secret: secret === true,
  }));
}

/** What a process runs with, by variable, for its first log line; secrets show as `configured` only. */
export function summary(config: object): Record<string, string> {
  const settings = settingsOf(config.constructor as ConfigClass<object>);
  return Object.fromEntries(settings.map((setting) => [setting.env, shown(setting, valueIn(config, setting))]));
}

/** The values of a configuration that must be masked wherever they turn up. */
export function secretValues(config: object): string[] {
  return settingsOf(config.constructor as ConfigClass<object>)
    .filter(({ secret }) => secret)
    .map((setting) => valueIn(config, setting))
    .filter((value) => value !== undefined)
    .map(String);
}

function valueIn(config: object, setting: Setting): unknown {
  return (config as Record<string, unknown>)[setting.property];
}

function shown(setting: Setting, value: unknown): string {
  if (value === undefined) return 'not set';
  if (setting.secret) return 'configured';
  return Array.isArray(value) ? value.join(',') : String(value);
}

class Fault {
  constructor(readonly message: string) {}
}

function read(setting: Setting, raw: string | undefined): SettingOptions['default'] | Fault {
  if (raw === undefined || raw === '') {
    if (setting.default !== undefined || setting.optional) return setting.default;
    return new Fault('is not set');
  }
  if (raw !== raw.trim()) return new Fault('has blanks or line breaks around its value');
  switch (setting.type) {
    case 'text':
      return raw;
    case 'number':
      // Number() alone would take '0x10', '1e3' and ' '.
      return /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : new Fault(`${quoted(setting, raw)} is not a number`);
    case 'true or false':
      return raw === 'true' || raw === 'false'
        ? raw === 'true'
        : new Fault(`${quoted(setting, raw)} is neither true nor false`);
    case 'list': {
      const entries = raw.split(',').map((entry) => entry.trim());
      return entries.includes('') ? new Fault(`${quoted(setting, raw)} has an empty entry`) : entries;
    }
  }
}

function quoted(setting: Setting, raw: string): string {
  return setting.secret ? 'its value' : JSON.stringify(raw);
}

function messageOf(error: ValidationError, setting: Setting): string {
  const rules = Object.values(error.constraints ?? {}).map((rule) => rule.replaceAll(setting.property, 'it'));
  const value = setting.secret ? 'its value' : JSON.stringify(error.value);
  return `${value} is refused: ${rules.join('; ')}`;
}

function faultOf({ env, type, description, secret }: Setting, fault: string): ConfigFault {
  const kind = type === 'list' ? 'a list, separated by commas' : type;
  return { env, fault, mend: `Set it to ${secret ? 'a secret ' : ''}${kind}: ${description}` };
}
