import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { History } from './history.js';

/** Runs histories on all cores, each in a thread of its own world. Results come as they are ready, in no order. */
export async function* histories(first: number, count: number): AsyncGenerator<History> {
  const threads = Math.min(count, availableParallelism());
  const ready: History[] = [];
  let next = first;
  let wake: (failure?: Error) => void = () => {};
  const ask = (worker: Worker) => worker.postMessage(next++);
  const crew = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('./one-of-the-crew.js', import.meta.url));
    worker.on('message', (history: History) => {
      ready.push(history);
      if (next < first + count) ask(worker);
      wake();
    });
    worker.on('error', (error: Error) => wake(error));
    ask(worker);
    return worker;
  });
  try {
    for (let told = 0; told < count; ) {
      const history = ready.shift();
      if (history === undefined) {
        await new Promise<void>((resolve, reject) => {
          wake = (failure) => (failure === undefined ? resolve() : reject(failure));
        });
        continue;
      }
      told += 1;
      yield history;
    }
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
  }
}
