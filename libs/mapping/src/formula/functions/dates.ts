import { inBoth } from '@voucherline/contracts';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Scope } from '../formula.js';
import {
  addDays,
  addMonths,
  dayIn,
  dayOfMonth,
  daysBetween,
  endOfMonth,
  monthOf,
  padded,
  startOfMonth,
  yearOf,
} from '../values/days.js';
import { Num } from '../values/numbers.js';
import { asDay } from '../values/readers.js';
import { day, type FunctionDefinition, plainFunction, text, whole } from './definition.js';

const MAX_DAYS = 3_700_000;

/** Days of the calendar, without times and zones. */
export const DATES: readonly FunctionDefinition[] = [
  plainFunction({
    name: 'date',
    takes: [text('text')],
    gives: 'date',
    en: 'The day in a text: 2026-01-31, 2026/1/31 or 2026年1月31日, with or without a time after it.',
    zh: '文本中的日期：2026-01-31、2026/1/31 或 2026年1月31日，后面可带时间。',
    example: ['date("2026/1/31")', '2026-01-31'],
    evaluate: ({ evaluation }, value) => {
      const found = dayIn(value.trim());
      if (found !== undefined) return found;
      throw new MappingProblem('not-a-date', evaluation.path, 'the text for date(…)', { found: value });
    },
  }),
  plainFunction({
    name: 'year',
    takes: [day('date')],
    gives: 'number',
    en: 'Its year.',
    zh: '年份。',
    example: ['year([日期])', '2026'],
    evaluate: (_, of) => new Num(yearOf(of)),
  }),
  plainFunction({
    name: 'month',
    takes: [day('date')],
    gives: 'number',
    en: 'Its month, 1 to 12.',
    zh: '月份，1–12。',
    example: ['month([日期])', '11'],
    evaluate: (_, of) => new Num(monthOf(of)),
  }),
  plainFunction({
    name: 'day',
    takes: [day('date')],
    gives: 'number',
    en: 'Its day in the month.',
    zh: '当月第几日。',
    example: ['day([日期])', '24'],
    evaluate: (_, of) => new Num(dayOfMonth(of)),
  }),
  plainFunction({
    name: 'addDays',
    takes: [day('date'), whole('days', -MAX_DAYS, MAX_DAYS)],
    gives: 'date',
    en: 'So many days later; below 0, earlier.',
    zh: '若干天之后；负数为之前。',
    example: ['addDays(date("2026-12-31"), 1)', '2027-01-01'],
    evaluate: (scope, of, days) => onCalendar(addDays(of, days), scope),
  }),
  plainFunction({
    name: 'addMonths',
    takes: [day('date'), whole('months', -120_000, 120_000)],
    gives: 'date',
    en: 'So many months later, on the last day of a month that is too short; below 0, earlier.',
    zh: '若干月之后，当月没有该日时取月末；负数为之前。',
    example: ['addMonths(date("2026-01-31"), 1)', '2026-02-28'],
    evaluate: (scope, of, months) => onCalendar(addMonths(of, months), scope),
  }),
  plainFunction({
    name: 'startOfMonth',
    takes: [day('date')],
    gives: 'date',
    en: 'The first day of its month.',
    zh: '当月第一天。',
    example: ['startOfMonth([日期])', '2026-11-01'],
    evaluate: (_, of) => startOfMonth(of),
  }),
  plainFunction({
    name: 'endOfMonth',
    takes: [day('date')],
    gives: 'date',
    en: 'The last day of its month.',
    zh: '当月最后一天。',
    example: ['endOfMonth([日期])', '2026-11-30'],
    evaluate: (_, of) => endOfMonth(of),
  }),
  plainFunction({
    name: 'daysBetween',
    takes: [day('from'), day('to')],
    gives: 'number',
    en: 'Days from one to the other; below 0 when the other is earlier.',
    zh: '两个日期相差的天数，后者更早时为负。',
    example: ['daysBetween(date("2026-02-27"), date("2026-03-01"))', '2'],
    evaluate: (_, from, to) => new Num(daysBetween(from, to)),
  }),
  {
    name: 'formatDate',
    signature: 'formatDate(date, "pattern")',
    en: 'A date as a text. In the pattern yyyy, yy, MM, M, dd and d stand for its parts; letters of other scripts and signs for themselves.',
    zh: '按格式写日期：yyyy、yy、MM、M、dd、d 代表各部分，其他文字和符号原样保留。',
    example: ['formatDate([日期], "yyyy年M月")', '"2026年11月"'],
    compile: (call) => {
      if (!call.takes(2)) return undefined;
      const terms = call.arguments();
      const of = call.read(terms?.[0], asDay, 'date');
      const pattern = call.literal(terms?.[1], 'the pattern');
      if (terms === undefined || of === undefined || pattern === undefined) return undefined;
      const format = formatOf(pattern);
      if (format === undefined) {
        return call.checker.fault(terms[1]?.at ?? call.at, `"${pattern}" is no pattern`, 'Use yyyy, yy, MM, M, dd, d.');
      }
      return call.term('text', (scope) => format(of(scope)), terms);
    },
  },
];

const PIECES: Readonly<Record<string, (day: string) => string>> = {
  yyyy: (of) => padded(yearOf(of), 4),
  yy: (of) => padded(yearOf(of) % 100, 2),
  MM: (of) => padded(monthOf(of), 2),
  M: (of) => String(monthOf(of)),
  dd: (of) => padded(dayOfMonth(of), 2),
  d: (of) => String(dayOfMonth(of)),
};

function formatOf(pattern: string): ((day: string) => string) | undefined {
  const pieces = pattern.split(/([A-Za-z]+)/).flatMap((piece) => piece.match(/(.)\1*/gs) ?? []);
  const formats = pieces.map((piece) => {
    if (!/^[A-Za-z]/.test(piece)) return () => piece;
    return Object.hasOwn(PIECES, piece) ? PIECES[piece] : undefined;
  });
  if (formats.length === 0 || !formats.every((format) => format !== undefined)) return undefined;
  return (of) => formats.map((format) => format(of)).join('');
}

function onCalendar(found: string | undefined, { evaluation }: Scope): string {
  if (found !== undefined) return found;
  throw new MappingProblem(
    'no-value',
    evaluation.path,
    inBoth('a date outside of the years 1 to 9999', '日期超出公元 1 至 9999 年'),
  );
}
