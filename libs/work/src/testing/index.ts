export { OneWorker } from '../runner.js';
export { readDownstream, SimulatedWork } from './simulated-work.js';
