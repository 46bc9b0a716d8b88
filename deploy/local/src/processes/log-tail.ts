import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 64 * 1024;
const trouble = /ERROR|FATAL|Exception|[Ee]rror\b|fatal/;

/** Bytes written to a log so far; pass it to {@link lastWords} to look only at what came later. */
export function logSize(logFile: string): number {
  return withFile(logFile, (file) => fstatSync(file).size) ?? 0;
}

/** What was written after `from`, at most the last 64 KiB. */
export function logTail(logFile: string, from = 0): string {
  const text = withFile(logFile, (file) => {
    const { size } = fstatSync(file);
    const start = Math.max(from, size - tailBytes);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    readSync(file, buffer, 0, buffer.length, start);
    return buffer.toString('utf8');
  });
  return text ?? '';
}

/** The lines of a log that say why a process ended: those that name an error, else the last ones. */
export function lastWords(logFile: string, from = 0, count = 5): string[] {
  const lines = logTail(logFile, from)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s+at /.test(line));
  const telling = lines.filter((line) => trouble.test(line));
  return (telling.length > 0 ? telling : lines).slice(-count).map((line) => line.slice(0, 300));
}

function withFile<T>(path: string, read: (file: number) => T): T | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}
