export { KAFKA_VARIABLES, KafkaConfig } from './config/kafka-config.js';
export {
  ConfigError,
  type ConfigFault,
  describeConfig,
  type Environment,
  loadConfig,
  type SettingDescription,
  summary,
} from './config/load.js';
export { HttpServiceConfig, ServiceConfig, StoreConfig } from './config/service-config.js';
export { type ConfigClass, Setting, type SettingOptions, type SettingType } from './config/setting.js';
export {
  CRASH_LABELS,
  CRASH_STEPS,
  type CrashLabel,
  type CrashStep,
  crashPoint,
  DIED,
  PASSED,
} from './crash-point.js';
export { FakeLife } from './fake-life.js';
export { type FakeClock, fakeClock, seededRandomness } from './fakes.js';
export type { LogFields } from './logging/log-fields.js';
export { createLogger, type Logger, type LogLevel, silentLogger } from './logging/logger.js';
export { createRedactor, type Redactor } from './logging/redactor.js';
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
export { createStatus, type Status, type StatusReport } from './operations/status.js';
export {
  type Cancel,
  type Clock,
  type Randomness,
  systemClock,
  systemRandomness,
  systemTimers,
  type Timers,
} from './ports.js';
export { createSecretSource, type Secret, SecretError, type SecretSource } from './secrets.js';
export { createServiceContext, type ServiceContext } from './service/context.js';
export {
  CLOCK,
  CONFIG,
  HEALTH,
  LOGGER,
  METRICS,
  platformModule,
  RANDOMNESS,
  SECRETS,
  SERVICE,
  STATUS,
  TIMERS,
} from './service/platform-module.js';
export { type HostProcess, runService } from './service/run-service.js';
export type { Runner } from './service/runner-strategy.js';
export { type RunningService, type ServiceDefinition, startService } from './service/start-service.js';
export { childOf, newTrace, parseTraceparent, type TraceContext } from './trace-context.js';
