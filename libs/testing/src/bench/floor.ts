import { fork } from 'node:child_process';
import { join } from 'node:path';

/** A floor's process: a program that does the least for the same effect. It does one task after the other. */
export interface Floor {
  /** @throws with the floor's own words when it fails or ends */
  call<T>(task: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

type Reply = { readonly result: unknown } | { readonly error: string };

/** Starts `floors/<name>.ts`. It ends with us, whatever happens. */
export async function startFloor(name: string): Promise<Floor> {
  const child = fork(join(import.meta.dirname, 'floors', `${name}.js`), {
    env: { ...process.env, NODE_ENV: 'production' },
    // kafkajs' own, at every connect; harmless (stack.md §5.3).
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return {
    call: <T>(task: string, argument?: unknown) =>
      new Promise<T>((resolve, reject) => {
        const ended = () => reject(new Error(`the floor ${name} ended during ${task}`));
        child.once('exit', ended);
        child.once('message', (reply: Reply) => {
          child.off('exit', ended);
          if ('error' in reply) reject(new Error(`the floor ${name}: ${reply.error}`));
          else resolve(reply.result as T);
        });
        child.send({ task, argument });
      }),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
