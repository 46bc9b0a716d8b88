export * from './source/index.js';
export * from './target/index.js';
