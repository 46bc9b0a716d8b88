export { OneWorker } from '../runner.js';
export { readDownstream } from './simulated-work.js';
