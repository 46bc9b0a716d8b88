import { inBoth } from '@voucherline/contracts';
import { type Matcher, RE2JS } from 're2js';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Call } from '../check/call.js';
import { boundedText } from '../check/operators.js';
import type { Scope } from '../formula.js';
import { LIMITS } from '../limits.js';
import type { Run, Term } from '../terms.js';
import { asText } from '../values/readers.js';
import type { FunctionDefinition } from './definition.js';

/** Regular expressions, in RE2's syntax: they take time in proportion to the text, whatever it holds. Each is compiled once. */
export const PATTERNS: readonly FunctionDefinition[] = [
  {
    name: 'matches',
    signature: 'matches(text, "regex")',
    en: 'Whether the text holds what the regular expression describes; ^ and $ tie it to the ends.',
    zh: '文本中是否有符合正则表达式的部分；用 ^ 和 $ 限定首尾。',
    example: ['matches("FP-2026-001", "^FP-\\d{4}")', 'true'],
    compile: (call) => {
      const parts = call.takes(2) ? patternCall(call) : undefined;
      return parts && call.term('boolean', (scope) => parts.search(scope).next(), parts.terms);
    },
  },
  {
    name: 'extract',
    signature: 'extract(text, "regex"[, group])',
    en: 'What the regular expression finds first: its first group, the whole where it has none, or the group that is named. Finding nothing is a problem.',
    zh: '取正则表达式首次匹配的内容：默认第一组，没有分组时取整体；未匹配时转人工处理。',
    example: ['extract("发票号 0012/2026", "(\\d+)/")', '"0012"'],
    compile: compileExtract,
  },
  {
    name: 'replaceAll',
    signature: 'replaceAll(text, "regex", "by")',
    en: 'With everything that the regular expression finds replaced; $1 stands for what its first group found, $0 for all of it, $$ for $.',
    zh: '替换正则表达式匹配到的每一处；$1 代表第一组，$0 代表整体，$$ 代表 $。',
    example: ['replaceAll("2026.11.24", "(\\d+)\\.", "$1-")', '"2026-11-24"'],
    compile: compileReplaceAll,
  },
];

interface PatternCall {
  readonly terms: readonly Term[];
  readonly pattern: RE2JS;
  readonly search: Run<Search>;
}

/** A search through one text. */
interface Search {
  readonly found: Matcher;
  /** Goes to the next match. Each may look at all of the text that is left, so that many steps are counted. */
  next(): boolean;
}

function patternCall(call: Call): PatternCall | undefined {
  const terms = call.arguments();
  const [subject, written] = terms ?? [];
  const text = call.read(subject, asText, 'text');
  const source = call.literal(written, 'the regular expression');
  if (terms === undefined || text === undefined || written === undefined || source === undefined) return undefined;
  const pattern = compiled(call, written.at, source);
  if (pattern === undefined) return undefined;
  const weight = Math.ceil(pattern.programSize() / 16);
  const search = (scope: Scope): Search => {
    const value = boundedText(text(scope), scope);
    const found = pattern.matcher(value);
    let end = 0;
    const next = () => {
      scope.evaluation.step(1 + weight * ((value.length - end) >> 2));
      const isFound = found.find();
      if (isFound) end = found.end();
      return isFound;
    };
    return { found, next };
  };
  return { terms, pattern, search };
}

function compiled(call: Call, at: number, source: string): RE2JS | undefined {
  if (source.length > LIMITS.pattern) {
    const fault = `the regular expression has ${source.length} characters, at most ${LIMITS.pattern} are allowed`;
    return call.checker.fault(at, fault, 'Shorten it, or use several.');
  }
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return call.checker.fault(at, `no readable regular expression: ${reason}`, "Mend it; it is RE2's syntax.");
  }
  if (pattern.programSize() <= LIMITS.instructions) return pattern;
  return call.checker.fault(at, 'the regular expression is too large', 'Repeat less, e.g. + in place of {1,500}.');
}

function compileExtract(call: Call): Term | undefined {
  const parts = call.takes(2, 3) ? patternCall(call) : undefined;
  if (parts === undefined) return undefined;
  const { terms, pattern, search } = parts;
  const named = terms[2];
  const group = named === undefined ? Math.min(1, pattern.groupCount()) : groupOf(call, named, pattern);
  if (group === undefined) return undefined;
  const run: Run<string> = (scope) => {
    const { found, next } = search(scope);
    const text = next() ? found.group(group) : null;
    if (text !== null) return text;
    const words = inBoth(
      `${terms[0]?.origin?.subject(scope) ?? 'the text'} does not hold what extract(…) looks for`,
      '其中没有要提取的内容',
    );
    throw new MappingProblem('no-value', scope.evaluation.path, words);
  };
  return call.term('text', run, terms);
}

function groupOf(call: Call, term: Term, pattern: RE2JS): number | undefined {
  const group = Number(term.type === 'number' ? (term.constant?.value ?? Number.NaN) : Number.NaN);
  if (Number.isInteger(group) && group >= 0 && group <= pattern.groupCount()) return group;
  return call.checker.fault(term.at, 'no such group', `Write a number from 0 to ${pattern.groupCount()}.`);
}

function compileReplaceAll(call: Call): Term | undefined {
  const parts = call.takes(3) ? patternCall(call) : undefined;
  const by = call.literal(parts?.terms[2], 'the replacement');
  if (parts === undefined || by === undefined) return undefined;
  const { terms, pattern, search } = parts;
  const pieces = piecesOf(by);
  const unknown = pieces.find((piece) => typeof piece === 'number' && piece > pattern.groupCount());
  if (unknown !== undefined) {
    return call.checker.fault(terms[2]?.at ?? call.at, `there is no group $${unknown}`, 'Write $$ for a dollar sign.');
  }
  return call.term('text', (scope) => replaced(search(scope), pieces, scope), terms);
}

/** Texts as they are, and numbers of groups. */
function piecesOf(by: string): readonly (string | number)[] {
  return by.split(/(\$[0-9$])/).map((piece, index) => {
    if (index % 2 === 0) return piece;
    return piece === '$$' ? '$' : Number(piece.slice(1));
  });
}

function replaced({ found, next }: Search, pieces: readonly (string | number)[], scope: Scope): string {
  let result = '';
  let end = 0;
  while (next()) {
    result += found.substring(end, found.start());
    for (const piece of pieces) result += typeof piece === 'number' ? (found.group(piece) ?? '') : piece;
    end = found.end();
    // Checked while it grows: every match may add as much as the formula is long.
    boundedText(result, scope);
  }
  return boundedText(result + found.substring(end, found.inputLength()), scope);
}
