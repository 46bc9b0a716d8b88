import type { Cursor } from '../file/cursor.js';
import type { Environment, SettingDeclaration } from './manifest.js';

/** Reads the settings a manifest declares, with its defaults filled in: what is published is complete by itself. */
export function readSettings(
  at: Cursor,
  declared: readonly SettingDeclaration[],
  environment: Environment,
): Readonly<Record<string, unknown>> | undefined {
  const { required, optional } = namesOf(declared);
  const members = at.members(required, optional);
  if (members === undefined) return undefined;
  const settings: Record<string, unknown> = {};
  for (const setting of declared) {
    const given = members[setting.name];
    const value = given === undefined ? setting.default : readSetting(given, setting, environment);
    if (value !== undefined) settings[setting.name] = value;
  }
  return settings;
}

export function namesOf(declared: readonly SettingDeclaration[]): { required: string[]; optional: string[] } {
  const mustBeGiven = ({ required, default: fallback }: SettingDeclaration) => required && fallback === undefined;
  return {
    required: declared.filter(mustBeGiven).map(({ name }) => name),
    optional: declared.filter((setting) => !mustBeGiven(setting)).map(({ name }) => name),
  };
}

function readSetting(
  at: Cursor,
  { type, choices, pattern, description }: SettingDeclaration,
  environment: Environment,
) {
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const words = pattern === undefined ? 'text' : `text of the form ${pattern} (${description})`;
  switch (type) {
    case 'boolean':
      return typeof at.value === 'boolean' ? at.value : at.fault('expected true or false', 'Write true or false.');
    case 'integer':
      return Number.isSafeInteger(at.value)
        ? at.value
        : at.fault('expected a whole number', 'Write digits, no quotes.');
    case 'choice':
      return at.oneOf(choices ?? []);
    case 'string[]':
      return choices === undefined ? at.texts(expression, words) : readChoices(at, choices);
    case 'string':
      return resolved(at, environment)?.text(expression, words);
  }
}

function readChoices(at: Cursor, choices: readonly string[]): readonly string[] | undefined {
  return at.items()?.flatMap((item) => item.oneOf(choices) ?? []);
}

/** Puts variables in; the local stack chooses its ports when it starts, and no file can know them. */
function resolved(at: Cursor, environment: Environment): Cursor | undefined {
  if (typeof at.value !== 'string') return at;
  let complete = true;
  const text = at.value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    complete = false;
    at.fault(`the variable ${name} is not set`, `Set ${name} where you publish, or write the value here.`);
    return whole;
  });
  return complete ? at.with(text) : undefined;
}
