export { type NormaliseOptions, normaliseStage } from './normalise/normalise-stage.js';
export { type PlanOptions, planStage } from './plan/plan-stage.js';
