import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A process as its pid file tells it. The start time tells it from a later process that got the same number. */
export interface RecordedProcess {
  pid: number;
  startTime: string;
  /** What asks it to end in order. */
  stopSignal: NodeJS.Signals;
}

/**
 * Records a process of ours; false when it has ended already. `exclusive` makes the file a lock: false when it is there.
 */
export function writePidFile(
  path: string,
  pid: number,
  { exclusive = false, stopSignal = 'SIGTERM' as NodeJS.Signals } = {},
): boolean {
  const startTime = startTimeOf(pid);
  if (startTime === undefined) return false;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, `${JSON.stringify({ pid, startTime, stopSignal })}\n`, { flag: exclusive ? 'wx' : 'w' });
    return true;
  } catch (error) {
    if (exclusive && (error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The process a pid file names, if that very process still runs. */
export function livingProcess(path: string): RecordedProcess | undefined {
  const recorded = readPidFile(path);
  return recorded !== undefined && startTimeOf(recorded.pid) === recorded.startTime ? recorded : undefined;
}

/**
 * Ends the process of a pid file, insists after `graceMs`, and removes the file. Never touches a process that merely got
 * the number. Resolves with whether there was one to end.
 */
export async function endRecorded(path: string, graceMs: number): Promise<boolean> {
  const found = livingProcess(path);
  if (found !== undefined) {
    process.kill(found.pid, found.stopSignal);
    const limit = Date.now() + graceMs;
    while (livingProcess(path) !== undefined && Date.now() < limit) await pause(100);
    if (livingProcess(path) !== undefined) process.kill(found.pid, 'SIGKILL');
  }
  rmSync(path, { force: true });
  return found !== undefined;
}

function readPidFile(path: string): RecordedProcess | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RecordedProcess;
  } catch {
    return undefined;
  }
}

/** When a process began, in the system's own words; nothing when there is none, or only its unburied record. */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    }
    // Fields after the name, which may hold blanks and brackets itself: state is the first of them, start time the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields[0] === 'Z') return undefined;
    // Ticks count from the start of the machine, so after a reboot the same count is another process.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}+${fields[19]}`;
  } catch {
    return undefined;
  }
}
