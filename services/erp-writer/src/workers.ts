/** What this service runs, for tests that run it elsewhere. */
export type { NoteLane } from './note/note-lane.js';
export { noteWorker } from './note/note-worker.js';
export type { PostLane } from './post/lane-state.js';
export { postWorker } from './post/post-worker.js';
