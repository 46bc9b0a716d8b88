import { DATES } from './dates.js';
import type { FunctionDefinition } from './definition.js';
import { LOGIC } from './logic.js';
import { LOOK_UPS } from './look-ups.js';
import { NUMBERS } from './numbers.js';
import { PATTERNS } from './patterns.js';
import { TABLES } from './tables.js';
import { TEXTS } from './texts.js';

/** Functions that belong together, in the order in which people read about them. */
export interface FunctionGroup {
  readonly title: { readonly en: string; readonly zh: string };
  readonly functions: readonly FunctionDefinition[];
}

export const GROUPS: readonly FunctionGroup[] = [
  { title: { en: 'Choosing', zh: '条件' }, functions: LOGIC },
  { title: { en: 'Numbers', zh: '数字' }, functions: NUMBERS },
  { title: { en: 'Texts', zh: '文本' }, functions: TEXTS },
  { title: { en: 'Patterns in texts', zh: '正则表达式' }, functions: PATTERNS },
  { title: { en: 'Dates', zh: '日期' }, functions: DATES },
  { title: { en: 'Detail tables', zh: '明细表' }, functions: TABLES },
  { title: { en: 'Look-ups', zh: '查表' }, functions: LOOK_UPS },
];

/** All functions by their names. A map, so that no name reaches an object's prototype. */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  GROUPS.flatMap(({ functions }) => functions).map((definition) => [definition.name, definition]),
);
