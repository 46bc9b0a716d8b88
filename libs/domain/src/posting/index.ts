export { carriedKey, readCarriedKey } from './carried-key.js';
export { differences } from './compare.js';
export { EDGES, type Edge, type EdgeName, type Edges, type Said } from './edges/index.js';
export type { PostingEvent, SendOutcome } from './events.js';
export { type Finding, judge } from './finding.js';
export {
  type Applied,
  apply,
  ImpossibleEvent,
  nextAction,
  openEdges,
  type PostingAction,
} from './machine.js';
export {
  type Confirmation,
  type DocumentName,
  type Ending,
  type ExclusiveTaken,
  type Hold,
  intended,
  isTakenBack,
  type PostingRecord,
  type PostingRefusal,
  type SendStep,
  type Situation,
  type SituationName,
} from './record.js';
export type { Level, OperationTraits, PostingTerms, TargetDocument } from './terms.js';
