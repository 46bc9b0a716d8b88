import { inBoth } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Call, Called } from '../check/call.js';
import type { Fields, Scope, Value, ValueType } from '../formula.js';
import type { Run, Term } from '../terms.js';
import { asDay, asNumber, asTable, asText, asWritten } from '../values/readers.js';

/** A function of the language: all there is to know about it, in one place. */
export interface FunctionDefinition extends Called, FunctionWords {
  /** Checks a call and makes its term; faults are noted. */
  compile(call: Call): Term | undefined;
}

/** For the reference; the example is run as a test, in the scope that `example-scope.ts` describes. */
export interface FunctionWords {
  readonly en: string;
  readonly zh: string;
  /** A formula and what it gives, as the reference shows it. */
  readonly example: readonly [formula: string, result: string];
}

/** An argument of a function with fixed arguments. */
export interface Parameter<T> {
  readonly name: string;
  readonly optional: boolean;
  read(call: Call, term: Term): Run<T> | undefined;
}

function parameter<T>(type: ValueType, as: (term: Term) => Run<T> | undefined) {
  return (name: string): Parameter<T> => ({ name, optional: false, read: (call, term) => call.read(term, as, type) });
}

export const text: (name: string) => Parameter<string> = parameter('text', asText);
export const number: (name: string) => Parameter<Decimal> = parameter('number', asNumber);
export const day: (name: string) => Parameter<string> = parameter('date', asDay);
export const table: (name: string) => Parameter<readonly Fields[]> = parameter('table', asTable);
/** Text, number or date, as a text. */
export const written: (name: string) => Parameter<string> = parameter('text', asWritten);

export function optional<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  return { ...parameter, optional: true };
}

/** A whole number, e.g. of digits or characters. @throws {MappingProblem} `bad-argument` outside of the range */
export function whole(name: string, least: number, most: number): Parameter<number> {
  return {
    name,
    optional: false,
    read: (call, term) => {
      const run = call.read(term, asNumber, 'number');
      return (
        run && ((scope) => wholeOf(run(scope), { name: `${name} of ${call.definition.name}`, least, most }, scope))
      );
    },
  };
}

interface Range {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

export function wholeOf(value: Decimal, { name, least, most }: Range, { evaluation }: Scope): number {
  if (value.isInteger() && value.gte(least) && value.lte(most)) return value.toNumber();
  throw new MappingProblem(
    'bad-argument',
    evaluation.path,
    inBoth(`${name} is no whole number from ${least} to ${most}`, `不是 ${least} 至 ${most} 之间的整数`),
  );
}

type Args<P extends readonly Parameter<unknown>[]> = {
  [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

interface Plain<P extends readonly Parameter<unknown>[]> extends FunctionWords {
  readonly name: string;
  readonly takes: P;
  readonly gives: ValueType;
  evaluate(scope: Scope, ...args: Args<P>): Value;
}

/** A function whose arguments are all evaluated before it, each read as one type. */
export function plainFunction<const P extends readonly Parameter<unknown>[]>(plain: Plain<P>): FunctionDefinition {
  const { name, takes, gives, en, zh, example } = plain;
  const least = takes.filter((parameter) => !parameter.optional).length;
  return {
    name,
    signature: signatureOf(name, takes),
    en,
    zh,
    example,
    compile: (call) => {
      if (!call.takes(least, takes.length)) return undefined;
      const terms = call.arguments();
      const runs = terms?.map((term, index) => takes[index]?.read(call, term));
      if (terms === undefined || runs === undefined || !runs.every((run) => run !== undefined)) return undefined;
      return call.term(gives, applied(plain.evaluate as Evaluate, runs), terms);
    },
  };
}

function signatureOf(name: string, takes: readonly Parameter<unknown>[]): string {
  const parts = takes.map((parameter, index) => {
    const written = index === 0 ? parameter.name : `, ${parameter.name}`;
    return parameter.optional ? `[${written}]` : written;
  });
  return `${name}(${parts.join('')})`;
}

type Evaluate = (scope: Scope, ...args: unknown[]) => Value;

/** Without an array of arguments for the usual numbers of them. */
function applied(evaluate: Evaluate, runs: readonly Run<unknown>[]): Run<Value> {
  const [a, b, c] = runs;
  if (a === undefined) return evaluate;
  if (b === undefined) return (scope) => evaluate(scope, a(scope));
  if (c === undefined) return (scope) => evaluate(scope, a(scope), b(scope));
  if (runs.length === 3) return (scope) => evaluate(scope, a(scope), b(scope), c(scope));
  return (scope) => evaluate(scope, ...runs.map((run) => run(scope)));
}
