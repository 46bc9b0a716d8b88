import type { Redactor } from './redactor.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const ANSI = /[\u001b\u009b](?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[0-?]*[ -/]*[@-~])?/g;

/** C0, DEL, C1, line and paragraph separators, and the overrides of writing direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** One line of text: no escape sequences and control characters, which would forge lines in a viewer (security.md §4). */
export function cleanText(text: string): string {
  return text.replace(ANSI, '').replace(CONTROLS, ' ');
}

const DEEPEST_CAUSE = 3;

/** Errors of HTTP and database clients carry headers, addresses and rows in further fields: those are never read. */
export function cleanError(error: unknown, redactor: Redactor, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: redactor.text(cleanText(String(error))) };
  const { code } = error as { code?: unknown };
  const hasCause = error.cause !== undefined && depth < DEEPEST_CAUSE;
  return {
    name: cleanText(error.name),
    message: redactor.text(cleanText(error.message)),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: cleanText(String(code)) } : {}),
    stack: framesOf(error, redactor),
    ...(hasCause ? { cause: cleanError(error.cause, redactor, depth + 1) } : {}),
  };
}

/** The frames only: the head of a stack repeats the message, which may span lines. */
function framesOf(error: Error, redactor: Redactor): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at \S/.test(line));
  return frames.map((frame) => redactor.text(cleanText(frame.trim()))).join('\n');
}
