export { checkConnection, type PublishableConnection } from './connection/check-connection.js';
export type { ConnectionManifest, Environment, SettingDeclaration } from './connection/manifest.js';
export { dayIn } from './evaluate/dates.js';
export {
  type Evaluation,
  type EvaluationOptions,
  evaluateFlow,
  type MappedApproval,
  type Rendering,
} from './evaluate/evaluate.js';
export { type MappingFault, TABLE_PENDING } from './evaluate/problem.js';
export type { TracedField } from './evaluate/run.js';
export { makeVoucher, type TargetChecks, type VoucherTarget } from './evaluate/voucher.js';
export { type Checked, type CheckedFile, checkFile } from './file/check-file.js';
export { Cursor } from './file/cursor.js';
export { type FileFault, faultText, type Path, pathText } from './file/fault.js';
export { checkFlow, FlowCompiler, flowTables, type PublishableFlow, UnreadableFlow } from './flow/check-flow.js';
export type { Flow } from './flow/flow.js';
export type { FieldRead } from './formula/formula.js';
export { noMasterData } from './lookups/lookups.js';
export {
  checkPublication,
  type InForce,
  type OperationsOf,
  type Publication,
} from './publication/check-publication.js';
export type { MasterDataOf } from './publication/master-data-faults.js';
export { type PublishedVoucher, publishedVoucher } from './publication/voucher-names.js';
export type { TableFile } from './tables/read-csv.js';
