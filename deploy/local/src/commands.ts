import { fork } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { checkout, dataFolder } from './checkout.js';
import { playStory } from './demo/story.js';
import { portTable } from './ports.js';
import { livingProcess } from './processes/pid-file.js';
import type { Say } from './say.js';
import { endLeftovers } from './stack/leftovers.js';
import { stackPlaces } from './stack/places.js';
import type { Stack } from './stack/start-stack.js';
import { supervise } from './stack/supervise.js';

/** What a detached supervisor tells the command that started it. */
type Word = { say: string } | { ready: true };

const places = stackPlaces(dataFolder);
const say: Say = (line) => console.log(line);

/** `npm run demo`: the stack and the story in this terminal, until Ctrl-C; `--once` or no terminal ends it after the story. */
export async function demo(args: string[]): Promise<number> {
  const once = args.includes('--once') || !process.stdout.isTTY;
  say('The embedded stack starts:');
  return supervise(places, say, async (stack, stopped) => {
    say('');
    const told = playStory(stack, say);
    const played = await Promise.race([told, stopped]);
    if (played === undefined) return 1;
    if (!once) {
      say('\nAll of it keeps running. Ctrl-C stops it.');
      await stopped;
    }
    return played ? 0 : 1;
  });
}

/** Plays the story again, on the stack that runs. */
export async function story(): Promise<number> {
  if (!existsSync(places.environment)) throw new Error('nothing runs: `npm run up` or `npm run demo` first.');
  const environment = JSON.parse(readFileSync(places.environment, 'utf8')) as Record<string, string>;
  return (await playStory({ ports: portTable(process.env), environment }, say)) ? 0 : 1;
}

/** `npm run up`: starts a detached supervisor, tells its progress, returns when all is ready. */
export async function up(): Promise<number> {
  const logFile = places.logOf('supervisor');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = fork(join(import.meta.dirname, 'main.js'), ['supervise'], {
    cwd: checkout,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'));
  say('The embedded stack starts:');
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code || 1));
    child.on('message', (word: Word) => {
      if ('say' in word) return say(word.say);
      say(
        `\nAll of it runs. Logs: ${join(dataFolder, 'logs')}. \`npm run down\` stops it, \`npm run reset\` deletes its data too.`,
      );
      child.disconnect();
      child.unref();
      resolve(0);
    });
  });
}

/** What `up` starts: keeps the stack running until a signal. */
export async function superviseDetached(): Promise<number> {
  const tell = (word: Word) => {
    if (process.connected) process.send?.(word);
  };
  const sayBoth: Say = (line) => {
    console.log(`${new Date().toISOString()} ${line}`);
    tell({ say: line });
  };
  try {
    return await supervise(places, sayBoth, async (_stack: Stack, stopped) => {
      tell({ ready: true });
      await stopped;
      return 0;
    });
  } catch (error) {
    sayBoth((error as Error).message);
    return 1;
  }
}

/** `npm run down`: ends the supervisor and whatever it may have left. */
export async function down(): Promise<number> {
  const { lock } = places;
  const running = livingProcess(lock);
  if (running !== undefined) {
    say('stopping …');
    process.kill(running.pid, 'SIGTERM');
    while (livingProcess(lock) !== undefined) await pause(100);
  }
  const left = await endLeftovers(places);
  if (left.length > 0) say(`ended what an earlier run had left: ${left.join(', ')}`);
  say(running === undefined && left.length === 0 ? 'nothing was running' : 'nothing runs any more');
  return 0;
}

/** `npm run reset`: `down`, and the data go too. Kafka's jars stay in their cache. */
export async function reset(): Promise<number> {
  await down();
  rmSync(dataFolder, { recursive: true, force: true });
  say(`deleted ${dataFolder}`);
  return 0;
}
