import 'reflect-metadata';
import { ValidateBy } from 'class-validator';

/** What a configuration value is, told once beside the field that holds it. */
export interface SettingOptions {
  /** The environment variable. */
  env: string;
  /** What it is for, with its unit; shown in error messages and README tables. */
  description: string;
  /** Used when the variable is unset or empty. Without a default the variable is required, unless `optional`. */
  default?: string | number | boolean | readonly string[];
  /** May stay unset; the field is then `undefined` (declare it with `?`). */
  optional?: true;
  /** Its value never shows in summaries and error messages, and is masked in logs. */
  secret?: true;
}

export type SettingType = 'text' | 'number' | 'true or false' | 'list';

/** A setting with the field it fills. */
export interface Setting extends SettingOptions {
  property: string;
  type: SettingType;
}

// biome-ignore lint/suspicious/noExplicitAny: a decorator must accept the class of any configuration
export type ConfigClass<T extends object> = new (...args: any[]) => T;

const SETTINGS = Symbol('settings');

const TYPES = new Map<unknown, SettingType>([
  [String, 'text'],
  [Number, 'number'],
  [Boolean, 'true or false'],
  [Array, 'list'],
]);

/**
 * Declares a field of a configuration class; class-validator's decorators beside it say which values are right.
 * Its type (string, number, boolean, string[] or a union of literals) is taken from the declaration; it must be written
 * there, because compilers that work file by file (vitest's) don't see through a named type. A subclass may
 * give a setting of its base another default by declaring the field again (`declare opsPort: number`); the base's rules
 * stay in force as long as it adds none.
 */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (prototype, property) => {
    const type = TYPES.get(Reflect.getMetadata('design:type', prototype, property));
    if (type === undefined) {
      throw new TypeError(`setting ${options.env}: declare ${String(property)} as string, number, boolean or string[]`);
    }
    const own: Setting[] = Reflect.getOwnMetadata(SETTINGS, prototype) ?? [];
    Reflect.defineMetadata(SETTINGS, [...own, { ...options, property: String(property), type }], prototype);
  };
}

/**
 * A rule over a setting and the others of its class: gives what is wrong and how to mend it, or nothing. It is not asked when
 * the setting is not set, so it stands at the one that makes no sense without the others. One rule a setting.
 */
export function Fits<C extends object, V>(fault: (value: V, config: C) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'fits',
    validator: {
      validate: (value, given) => fault(value, given?.object as C) === undefined,
      defaultMessage: (given) => fault(given?.value, given?.object as C) ?? '',
    },
  });
}

/** All settings of a class, those of its bases first; throws when two fields read one variable. */
export function settingsOf<T extends object>(config: ConfigClass<T>): Setting[] {
  const byProperty = new Map<string, Setting>();
  for (const prototype of lineage(config.prototype)) {
    const own: Setting[] = Reflect.getOwnMetadata(SETTINGS, prototype) ?? [];
    for (const setting of own) byProperty.set(setting.property, setting);
  }
  const settings = [...byProperty.values()];
  const twice = settings.find((one) => settings.some((other) => other !== one && other.env === one.env));
  if (twice) throw new Error(`${config.name}: two fields read ${twice.env}; give each a variable of its own`);
  return settings;
}

function lineage(prototype: object): object[] {
  const parent: object | null = Object.getPrototypeOf(prototype);
  return parent === null ? [prototype] : [...lineage(parent), prototype];
}
