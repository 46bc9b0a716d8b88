export { createCallCache } from './calls/call-cache.js';
export { type MonthlyUse, sweepIntervalFor } from './limits/budget.js';
export type { ConnectionStatus, WorkStatus } from './status.js';
export * from './worker.js';
