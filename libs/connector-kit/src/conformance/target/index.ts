export { describeTarget } from './describe-target.js';
export type { OracleDocument, StartStage, TargetStage } from './stage.js';
