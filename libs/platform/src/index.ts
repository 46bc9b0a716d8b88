export { type FakeClock, fakeClock, seededRandomness } from './fakes.js';
export {
  type Cancel,
  type Clock,
  type Randomness,
  systemClock,
  systemRandomness,
  systemTimers,
  type Timers,
} from './ports.js';
