export { type ApprovalDraft, type ApprovalEventType, missingEvents } from './missing.js';
export type { ApprovalStatus, ObservedApproval, ObservedStep, Reading } from './observation.js';
export {
  type ApprovalParts,
  noParts,
  type OwnEnd,
  UnusableObservation,
  withEvent,
  withObservation,
} from './parts.js';
export { type ApprovalView, approvalState } from './view.js';
