export * from './approval/index.js';
export type { DraftOf, Obstacle } from './draft.js';
export * from './master-data/index.js';
export * from './planning/index.js';
export * from './posting/index.js';
