import type { Broker } from '@voucherline/pipeline';

/** A fault in how a command was called, or something it found: said in one line, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** What a command has in hand. Connecting is left to the command, so that help and checks work without a broker. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line for people on standard output. */
  say(line: string): void;
  /** Writes a line on standard error: how far something has come, which is no part of what was asked for. */
  note(line: string): void;
  /** Asks the person and gives the answer; absent where nobody is at a terminal. */
  readonly ask?: (question: string) => Promise<string>;
  /** Connects to the log; closed by the caller of the command. */
  broker(): Promise<Broker>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command of the command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Shown by `--help`: usage and what to know. */
  readonly help: string;
  /** Resolves with the exit code. @throws {CommandError} */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}
