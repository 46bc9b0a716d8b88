import type { FunctionDefinition } from './definition.js';

/** All functions by their names. */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map();
