import type { Plugin } from 'vite';
import { SABOTAGES } from './sabotages.js';

/** Switches off the guard that `VOUCHERLINE_SABOTAGE` names, in what a test run loads. @throws when there is no such place */
export function sabotaged(name: string): Plugin {
  const sabotage = SABOTAGES.find((one) => one.name === name);
  if (sabotage === undefined) throw new Error(`VOUCHERLINE_SABOTAGE=${name}: there is no such sabotage`);
  const { file, find, replace } = sabotage;
  return {
    name: 'sabotage',
    enforce: 'pre',
    transform(code, id) {
      if (!id.split('?')[0]?.endsWith(`/${file}`)) return null;
      const parts = code.split(find);
      if (parts.length !== 2) {
        throw new Error(`sabotage ${name}: its place stands ${parts.length - 1} times in ${file}, not once`);
      }
      return parts.join(replace);
    },
  };
}
