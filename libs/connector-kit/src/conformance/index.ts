export * from './master-data/index.js';
export * from './source/index.js';
export * from './target/index.js';
