export * from './posting/index.js';
