import type { StackFacts } from '../line/start-test-stack.js';
import type { Treatment } from './stack-control.js';

/** The processes of the stack, by the names that `npm run up` shows. */
export interface Processes {
  /** SIGKILL, as a crash; whoever watches over the stack starts it again a second later. */
  kill9(name: string): Promise<void>;
  /** Ends it in order and leaves it down while `during` runs. */
  without(name: string, during: () => Promise<void>): Promise<void>;
  /** SIGSTOP while `during` runs, then SIGCONT: the process notices nothing but a gap in time. */
  paused(name: string, during: () => Promise<void>): Promise<void>;
}

export function processesOf(controlUrl: string): Processes {
  const treat = async (name: string, treatment: Treatment) => {
    await ask(`${controlUrl}/${name}/${treatment}`, { method: 'POST' });
  };
  const between = async (name: string, [first, last]: [Treatment, Treatment], during: () => Promise<void>) => {
    await treat(name, first);
    try {
      await during();
    } finally {
      await treat(name, last);
    }
  };
  return {
    kill9: (name) => treat(name, 'kill9'),
    without: (name, during) => between(name, ['rest', 'resume'], during),
    paused: (name, during) => between(name, ['SIGSTOP', 'SIGCONT'], during),
  };
}

/** What the stack is; starts it for the first who asks. */
export async function stackFacts(controlUrl: string): Promise<StackFacts> {
  return (await ask(`${controlUrl}/stack`)) as StackFacts;
}

async function ask(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(170_000) });
  const body = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(body.error);
  return body;
}
