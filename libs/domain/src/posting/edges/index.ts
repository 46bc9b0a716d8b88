import { ADVANCING_EDGES } from './advancing.js';
import { BEGINNING } from './beginning.js';
import { CHOOSING } from './choosing.js';
import type { Edge } from './edge.js';
import { LOOKING_UP } from './looking.js';
import { RETIRING } from './retiring.js';
import { ENDING } from './sending.js';
import { SETTLING } from './settling.js';
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
  ...CHOOSING,
  ...BEGINNING,
  ...ENDING,
  ...ADVANCING_EDGES,
  ...SWEEPING,
  ...SETTLING,
  ...RETIRING,
  ...STOPPING,
} as const satisfies Record<string, Edge>;

export type EdgeName = keyof typeof EDGES;
export type Edges = Readonly<Record<EdgeName, Edge>>;
export type { Edge, Passage, Said } from './edge.js';
