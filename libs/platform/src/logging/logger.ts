import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import { cleanText } from './clean.js';
import { cleanFields, type LogFields } from './log-fields.js';
import { createRedactor, type Redactor } from './redactor.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one JSON object a line. Fields that {@link LogFields} does not name never reach the output. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry `fields`. */
  child(fields: LogFields): Logger;
}

/** `destination`: where lines go, stdout by default. `redactor`: share the one that the secret source teaches. */
export function createLogger(options: {
  service: string;
  level: LogLevel;
  redactor?: Redactor;
  destination?: DestinationStream;
}): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const output = options.destination ? pino(settings, options.destination) : pino(settings);
  return loggerOn(output, options.redactor ?? createRedactor(), {});
}

type Output = Pick<pino.Logger, LogLevel | 'isLevelEnabled'>;

function loggerOn(output: Output, redactor: Redactor, bound: LogFields): Logger {
  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (!output.isLevelEnabled(level)) return;
      output[level](cleanFields({ ...bound, ...fields }, redactor), redactor.text(cleanText(message)));
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => loggerOn(output, redactor, { ...bound, ...fields }),
  };
}

/** Writes nothing; for tests that don't look at the log. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
