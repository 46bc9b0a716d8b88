export * from './broker.js';
export * from './configuration.js';
export * from './stage.js';
