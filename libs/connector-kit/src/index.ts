export * from './http/index.js';
export { LEVELS_KIT, type LevelsFile, readLevels } from './levels.js';
export * from './ports/connection.js';
export * from './ports/manifest.js';
export * from './ports/master-data.js';
export * from './ports/outcome.js';
export * from './ports/source.js';
export * from './ports/target.js';
export { resolveConnection } from './resolve-connection.js';
