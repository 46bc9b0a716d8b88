export { type Exploration, explore } from './explore.js';
export { type Bounds, type Left, type ModelOptions, PRODUCT } from './world.js';
