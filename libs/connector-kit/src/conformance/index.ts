export * from './source/index.js';
export { describeTarget, type OracleDocument, type StartStage, type TargetStage } from './target/index.js';
