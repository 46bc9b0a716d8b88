export { createCallCache } from './calls/call-cache.js';
export { type ContextFactoryOptions, createContextFactory } from './calls/context-factory.js';
export { type MonthlyUse, sweepIntervalFor } from './limits/budget.js';
export { createWorkerRunner, type WorkerRunner, type WorkerRunnerOptions } from './runner.js';
export type { ConnectionStatus, WorkStatus } from './status.js';
export * from './worker.js';
export { WorkerConfig } from './worker-config.js';
export { WorkerHost, type WorkerHostOptions, type WorkerParts } from './worker-host.js';
