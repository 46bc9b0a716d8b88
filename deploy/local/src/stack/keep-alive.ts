import type { Child } from '../processes/child.js';
import type { Say } from '../say.js';
import type { Member } from './members.js';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** Who ran this long before it died starts again with the first pause. */
const steadyMs = 60_000;

/** A member under watch. `child` is its process of the moment. */
export interface KeptAlive {
  readonly name: string;
  child(): Child;
  /** Ends it for good; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts a member again whenever it dies, with growing pauses, until it is stopped. */
export function keepAlive(member: Member, first: Child, say: Say): KeptAlive {
  let child = first;
  let stopping = false;
  let pauseMs = firstPauseMs;
  let wake = () => {};

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const watch = (async () => {
    let since = Date.now();
    let what = `ended with ${await child.exited}`;
    while (!stopping) {
      if (Date.now() - since > steadyMs) pauseMs = firstPauseMs;
      say(`${member.name} ${what}; it is started again in ${pauseMs / 1000} s`);
      await pause();
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      if (stopping) return;
      since = Date.now();
      try {
        child = await member.start();
        if (stopping) return await child.stop();
        say(`${member.name} is ready again`);
        what = `ended with ${await child.exited}`;
      } catch (error) {
        what = `does not start: ${(error as Error).message}`;
      }
    }
  })();

  return {
    name: member.name,
    child: () => child,
    async stop() {
      stopping = true;
      wake();
      await child.stop();
      await watch;
    },
  };
}
