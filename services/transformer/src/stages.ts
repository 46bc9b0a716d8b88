/** What this service runs, for tests that run it elsewhere. */
export { normaliseStage } from './normalise/normalise-stage.js';
export { planStage } from './plan/plan-stage.js';
