import { inBoth } from '@voucherline/contracts';
import { MappingProblem } from '../../evaluate/problem.js';
import { boundedText } from '../check/operators.js';
import type { Scope } from '../formula.js';
import { LIMITS, limitProblem } from '../limits.js';
import { Num } from '../values/numbers.js';
import {
  type FunctionDefinition,
  number,
  optional,
  plainFunction,
  text,
  whole,
  wholeOf,
  written,
} from './definition.js';

const characters = whole('count', 0, LIMITS.text);

/** Texts. Characters are Unicode's, so none is cut in halves. */
export const TEXTS: readonly FunctionDefinition[] = [
  plainFunction({
    name: 'upper',
    takes: [text('text')],
    gives: 'text',
    en: 'In capitals.',
    zh: '转为大写。',
    example: ['upper("inv-7a")', '"INV-7A"'],
    evaluate: (scope, value) => worked(value.toUpperCase(), scope),
  }),
  plainFunction({
    name: 'lower',
    takes: [text('text')],
    gives: 'text',
    en: 'In small letters.',
    zh: '转为小写。',
    example: ['lower("INV")', '"inv"'],
    evaluate: (scope, value) => worked(value.toLowerCase(), scope),
  }),
  plainFunction({
    name: 'trim',
    takes: [text('text')],
    gives: 'text',
    en: 'Without blanks around it. Fields come without them already.',
    zh: '去掉首尾空白。表单字段读取时已去掉。',
    example: ['trim("  a ")', '"a"'],
    evaluate: (_, value) => value.trim(),
  }),
  plainFunction({
    name: 'left',
    takes: [text('text'), characters],
    gives: 'text',
    en: 'Its first characters.',
    zh: '取左边若干字符。',
    example: ['left("660201", 4)', '"6602"'],
    evaluate: (_, value, count) => sliced(value, 0, count),
  }),
  plainFunction({
    name: 'right',
    takes: [text('text'), characters],
    gives: 'text',
    en: 'Its last characters.',
    zh: '取右边若干字符。',
    example: ['right("660201", 2)', '"01"'],
    evaluate: (_, value, count) => (count === 0 ? '' : sliced(value, -count)),
  }),
  plainFunction({
    name: 'mid',
    takes: [text('text'), whole('start', 1, LIMITS.text), characters],
    gives: 'text',
    en: 'So many characters from a start that counts from 1.',
    zh: '从第几个字符（从 1 数起）开始取若干字符。',
    example: ['mid("660201", 3, 2)', '"02"'],
    evaluate: (_, value, start, count) => sliced(value, start - 1, start - 1 + count),
  }),
  plainFunction({
    name: 'length',
    takes: [text('text')],
    gives: 'number',
    en: 'How many characters it has.',
    zh: '字符数。',
    example: ['length("费用报销")', '4'],
    evaluate: (_, value) => new Num(HALVES.test(value) ? Array.from(value).length : value.length),
  }),
  plainFunction({
    name: 'replace',
    takes: [text('text'), text('what'), text('by')],
    gives: 'text',
    en: 'With every occurrence of a text replaced by another.',
    zh: '把出现的每一处文本替换为另一文本。',
    example: ['replace("a-b-c", "-", "")', '"abc"'],
    evaluate: (scope, value, what, by) => {
      const parts = worked(value, scope).split(notEmpty(what, 'what', 'replace', scope));
      const length = value.length + (parts.length - 1) * (by.length - what.length);
      if (length > LIMITS.text) throw limitProblem(scope.evaluation.path, `a text has ${length} characters`, 'text');
      return parts.join(by);
    },
  }),
  plainFunction({
    name: 'contains',
    takes: [text('text'), text('part')],
    gives: 'boolean',
    en: 'Whether it holds another text; capitals and small letters differ.',
    zh: '是否包含某文本（区分大小写）。',
    example: ['contains([部门], "研")', 'true'],
    evaluate: (scope, value, part) => worked(value, scope).includes(part),
  }),
  plainFunction({
    name: 'startsWith',
    takes: [text('text'), text('start')],
    gives: 'boolean',
    en: 'Whether it begins with another text.',
    zh: '是否以某文本开头。',
    example: ['startsWith("660201", "66")', 'true'],
    evaluate: (_, value, start) => value.startsWith(start),
  }),
  plainFunction({
    name: 'endsWith',
    takes: [text('text'), text('end')],
    gives: 'boolean',
    en: 'Whether it ends with another text.',
    zh: '是否以某文本结尾。',
    example: ['endsWith("发票.pdf", ".pdf")', 'true'],
    evaluate: (_, value, end) => value.endsWith(end),
  }),
  plainFunction({
    name: 'padLeft',
    takes: [written('x'), number('width'), optional(text('with'))],
    gives: 'text',
    en: 'Filled from the left to a width, with zeros unless another character is given. What is longer stays.',
    zh: '左侧补足到指定宽度，默认补 0；超长的不变。',
    example: ['padLeft(7, 3)', '"007"'],
    evaluate: (scope, value, width, filling = '0') => {
      if (width.gt(LIMITS.text))
        throw limitProblem(scope.evaluation.path, `padLeft to ${width.toFixed()} characters`, 'text');
      const filled = notEmpty(filling, 'with', 'padLeft', scope);
      return value.padStart(wholeOf(width, { name: 'width of padLeft', least: 0, most: LIMITS.text }, scope), filled);
    },
  }),
  plainFunction({
    name: 'halfwidth',
    takes: [text('text')],
    gives: 'text',
    en: 'With plain characters in place of full-width and compatibility ones (Unicode NFKC).',
    zh: '全角转半角（Unicode NFKC）。',
    example: ['halfwidth("ＡＢ１２")', '"AB12"'],
    evaluate: (scope, value) => worked(value.normalize('NFKC'), scope),
  }),
  plainFunction({
    name: 'digits',
    takes: [text('text')],
    gives: 'text',
    en: 'Only its digits 0 to 9.',
    zh: '只保留数字 0–9。',
    example: ['digits("No. 12-34")', '"1234"'],
    evaluate: (scope, value) => worked(value, scope).replaceAll(/[^0-9]/g, ''),
  }),
  plainFunction({
    name: 'part',
    takes: [text('text'), text('separator'), whole('n', 1, LIMITS.text)],
    gives: 'text',
    en: 'The n-th part between separators, counted from 1. A text with fewer parts is a problem.',
    zh: '按分隔符取第 n 段（从 1 数起）；段数不足时转人工处理。',
    example: ['part("01/研发/上海", "/", 2)', '"研发"'],
    evaluate: (scope, value, separator, n) => {
      const found = worked(value, scope).split(notEmpty(separator, 'separator', 'part', scope))[n - 1];
      if (found !== undefined) return found;
      throw new MappingProblem(
        'no-value',
        scope.evaluation.path,
        inBoth(`the text for part(…) has no part ${n}`, `文本没有第 ${n} 段`),
      );
    },
  }),
  plainFunction({
    name: 'split',
    takes: [text('text'), text('separator')],
    gives: 'list',
    en: 'A list of the parts between separators.',
    zh: '按分隔符拆成列表。',
    example: ['split("a,b", ",")', '["a", "b"]'],
    evaluate: (scope, value, separator) => {
      const parts = worked(value, scope).split(notEmpty(separator, 'separator', 'split', scope));
      scope.evaluation.step(parts.length);
      return parts;
    },
  }),
];

/** Half of a character that takes two units. */
const HALVES = /[\ud800-\udfff]/;

function sliced(value: string, start: number, end?: number): string {
  return HALVES.test(value) ? Array.from(value).slice(start, end).join('') : value.slice(start, end);
}

function notEmpty(value: string, argument: string, name: string, { evaluation }: Scope): string {
  if (value !== '') return value;
  throw new MappingProblem('bad-argument', evaluation.path, inBoth(`${argument} of ${name} is empty`, '为空'));
}

/** Long texts count for more steps than short ones. */
export function worked(value: string, scope: Scope): string {
  if (value.length > 256) scope.evaluation.step(value.length >> 8);
  return boundedText(value, scope);
}
