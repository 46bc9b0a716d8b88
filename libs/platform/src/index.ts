export { type FakeClock, fakeClock, seededRandomness } from './fakes.js';
export {
  createHealth,
  type Health,
  type HealthCheck,
  type HealthKind,
  type HealthReport,
} from './operations/health.js';
export {
  type Counter,
  createMetrics,
  type Gauge,
  type Histogram,
  type MetricSpec,
  type Metrics,
} from './operations/metrics.js';
export { type OpsServer, startOpsServer } from './operations/ops-server.js';
export {
  type Cancel,
  type Clock,
  type Randomness,
  systemClock,
  systemRandomness,
  systemTimers,
  type Timers,
} from './ports.js';
export { childOf, newTrace, parseTraceparent, type TraceContext } from './trace-context.js';
