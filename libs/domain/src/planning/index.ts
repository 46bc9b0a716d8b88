export { type FlowBook, type FlowPlan, type Rendered, type VoucherContent, versionInForce } from './flow-book.js';
export {
  type ApprovedApproval,
  nothingPlanned,
  type PlanParts,
  type PostedCommand,
  type Withdrawal,
  withMessage,
} from './parts.js';
export { type CommandDraft, fingerprintOf, type Plan, planVouchers } from './plan.js';
