import { createInterface } from 'node:readline';
import { type Broker, createKafkaBroker, kafkaConnectionOf } from '@voucherline/pipeline';
import { ConfigError, KafkaConfig, loadConfig, silentLogger } from '@voucherline/platform';
import { type Command, type CommandContext, CommandError } from './command.js';
import { environmentOf, localEnvironment } from './local-environment.js';

/** The slice of `process` that the command line needs. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: { write(text: string): unknown };
  once(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Runs one command and gives its exit code: 0 done, 1 failed, 2 called wrongly. */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<number> {
  const say = (line: string) => void terminal.stdout.write(`${line}\n`);
  const [name, ...rest] = args;
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const known = name === undefined || name === 'help' || name === '--help';
    say(known ? overview(commands) : `voucherline: there is no command "${name}"\n\n${overview(commands)}`);
    return known ? 0 : 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    say(command.help);
    return 0;
  }
  const ending = new AbortController();
  terminal.once('SIGINT', () => ending.abort());
  terminal.once('SIGTERM', () => ending.abort());
  const env = environmentOf(terminal.env, localEnvironment());
  const note = (line: string) => void terminal.stderr.write(`${line}\n`);
  let broker: Promise<Broker> | undefined;
  const context: CommandContext = {
    env,
    say,
    note,
    ...(terminal.stdin.isTTY && terminal.stdout.isTTY && { ask: (question) => ask(question, terminal) }),
    signal: ending.signal,
    broker: () => {
      broker ??= connect(env, note);
      return broker;
    },
  };
  try {
    return await command.run(rest, context);
  } catch (error) {
    terminal.stderr.write(`voucherline: ${error instanceof Error ? error.message : String(error)}\n`);
    return [CommandError, ConfigError].some((wrong) => error instanceof wrong) || isArgumentError(error) ? 2 : 1;
  } finally {
    await (await broker?.catch(() => undefined))?.close();
  }
}

function ask(question: string, { stdin, stdout }: Terminal): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdin, output: stdout });
    // Ctrl-C and Ctrl-D close it without an answer.
    lines.once('close', () => resolve(''));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

function isArgumentError(error: unknown): boolean {
  return error instanceof TypeError && String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
}

async function connect(env: CommandContext['env'], note: CommandContext['note']): Promise<Broker> {
  if (!env.KAFKA_BROKERS) {
    throw new CommandError('no broker: start the local stack (npm run up) or set KAFKA_BROKERS=host:port[,host:port]');
  }
  const connection = kafkaConnectionOf(loadConfig(KafkaConfig, env));
  const logger = { ...silentLogger, warn: (message: string) => note(`voucherline: ${message}`) };
  return createKafkaBroker({ ...connection, clientId: 'voucherline-cli', logger });
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['Usage: voucherline <command> [options]', '', ...lines, '', 'voucherline <command> --help says more.'].join(
    '\n',
  );
}
