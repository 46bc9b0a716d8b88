export { type CommandDraft, fingerprintOf, type Plan } from './command.js';
export { type FlowBook, type FlowPlan, type Rendered, type VoucherContent, versionInForce } from './flow-book.js';
export { withMessage } from './fold.js';
export {
  type ApprovedApproval,
  nothingPlanned,
  type PlanParts,
  type PostedCommand,
  type Replan,
  type Withdrawal,
} from './parts.js';
export { planVouchers } from './plan.js';
