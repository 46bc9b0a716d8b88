import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writePidFile } from './pid-file.js';

/** How to start one process of the embedded stack. */
export interface Launch {
  name: string;
  command: string;
  args: string[];
  /** Added to this process's own environment. */
  env?: Record<string, string>;
  cwd?: string;
  /** Both output streams are appended here. */
  logFile: string;
  /** Kept while it runs, so that another process can end it if we cannot. */
  pidFile?: string | undefined;
  uid?: number;
  gid?: number;
  /** What asks it to end in order; SIGTERM unless it has a habit of its own (PostgreSQL: SIGINT). */
  stopSignal?: NodeJS.Signals;
  /** Milliseconds it has for that before SIGKILL. */
  graceMs?: number;
}

/** A running process that we started. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, with a phrase for people: `code 1`, `signal SIGKILL`. Never rejects. */
  readonly exited: Promise<string>;
  /** The same phrase once it has ended. */
  readonly ended: string | undefined;
  /** Asks it to end, insists after the grace time, resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would; resolves when it is gone. */
  kill9(): Promise<void>;
}

const living = new Set<number>();

/** Starts a process in a process group of its own, so that a Ctrl-C in the terminal reaches only us and we stop it in order. */
export async function launch(options: Launch): Promise<Child> {
  const { name, command, args, logFile, pidFile, stopSignal = 'SIGTERM', graceMs = 25_000 } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${name}: \`${command}\` does not start: ${error.message}`)));
  });
  const pid = child.pid as number;
  living.add(pid);
  if (pidFile !== undefined) writePidFile(pidFile, pid, { stopSignal });
  let ended: string | undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      living.delete(pid);
      if (pidFile !== undefined) rmSync(pidFile, { force: true });
      ended = signal === null ? `code ${code}` : `signal ${signal}`;
      resolve(ended);
    });
  });
  return {
    name,
    pid,
    logFile,
    exited,
    get ended() {
      return ended;
    },
    async stop() {
      child.kill(stopSignal);
      const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(insist);
    },
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

// When we end by an error of our own, nothing that we started may stay behind.
process.once('exit', () => {
  for (const pid of living) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone between its end and our hearing of it.
    }
  }
});
