import { ADVANCING_EDGES } from './advancing.js';
import type { Edge } from './edge.js';
import { LOOKING_UP, WATCHING } from './looking.js';
import { BEGINNING, ENDING } from './sending.js';
import { STARTING } from './starting.js';
import { STOPPING } from './stopping.js';
import { SWEEPING } from './sweeping.js';

/**
 * Every way a posting can take, by name. The erp-writer, the simulation and the model check all drive this very table;
 * there is no other place where a posting changes.
 */
export const EDGES = {
  ...STARTING,
  ...LOOKING_UP,
  ...BEGINNING,
  ...ENDING,
  ...ADVANCING_EDGES,
  ...SWEEPING,
  ...WATCHING,
  ...STOPPING,
} as const satisfies Record<string, Edge>;

export type EdgeName = keyof typeof EDGES;
export type Edges = Readonly<Record<EdgeName, Edge>>;
export type { Edge, Passage, Said } from './edge.js';
