export { missingEntries, type ReadRow } from './pulled/missing.js';
export {
  nothingPulled,
  type PulledParts,
  withEntry,
  withPulled,
  withRowReading,
  withWalkOf,
} from './pulled/subject.js';
export { type Completion, type MasterData, MasterDataTables } from './tables.js';
