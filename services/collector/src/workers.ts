/** What this service runs, for tests that run it elsewhere. */
export { readWorker } from './read-worker.js';
