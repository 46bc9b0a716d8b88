export { describeTarget, type TargetTraits } from './describe-target.js';
export { type Seen, type Shown, showLevel } from './levels.js';
export type { OracleDocument, StartStage, TargetStage } from './stage.js';
export { posted, readBack, reversing } from './steps.js';
