import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endRecorded, livingProcess, startTimeOf, writePidFile } from './pid-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voucherline-pid-'));
  path = join(folder, 'run', 'some.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function sleeper() {
  const child = spawn('sleep', ['30']);
  await once(child, 'spawn');
  return child;
}

test('a recorded process is found while it lives, ended by its file, and not found after', async () => {
  const child = await sleeper();
  const gone = once(child, 'exit');
  writePidFile(path, child.pid as number);
  expect(livingProcess(path)?.pid).toBe(child.pid);
  expect(await endRecorded(path, 5_000)).toBe(true);
  expect((await gone)[1]).toBe('SIGTERM');
  expect(existsSync(path)).toBe(false);
  expect(await endRecorded(path, 5_000)).toBe(false);
});

test('a process that merely got the recorded number is left alone', async () => {
  const child = await sleeper();
  writePidFile(path, child.pid as number);
  const recorded = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...recorded, startTime: `${recorded.startTime}1` }));
  expect(livingProcess(path)).toBeUndefined();
  expect(await endRecorded(path, 0)).toBe(false);
  expect(startTimeOf(child.pid as number)).toBe(recorded.startTime);
  child.kill();
});

test('as a lock it is taken once, and a damaged file names nobody', () => {
  expect(writePidFile(path, process.pid, { exclusive: true })).toBe(true);
  expect(writePidFile(path, process.pid, { exclusive: true })).toBe(false);
  writeFileSync(path, '{"pid":');
  expect(livingProcess(path)).toBeUndefined();
});
