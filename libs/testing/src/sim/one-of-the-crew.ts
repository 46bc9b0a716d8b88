import { parentPort } from 'node:worker_threads';
import { historyOf } from './history.js';

// A thread that runs one history after the other, as it is asked to.
parentPort?.on('message', (seed: number) => {
  void historyOf(seed).then((history) => parentPort?.postMessage(history));
});
