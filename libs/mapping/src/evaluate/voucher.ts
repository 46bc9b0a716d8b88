import { type ConnectionContent, inBoth, type VoucherExpectation } from '@voucherline/contracts';
import type { Flow } from '../flow/flow.js';
import {
  type Evaluation,
  type EvaluationOptions,
  evaluateFlow,
  type MappedApproval,
  type Rendering,
} from './evaluate.js';
import { MappingProblem } from './problem.js';

type Payload = Rendering['payload'];
type Settings = ConnectionContent['settings'];

/** What a target checks before anything is sent (`TargetOperation` in connector-kit); faults begin with their place and a colon. */
export interface TargetChecks {
  checkPayload(payload: Payload, settings: Settings): readonly string[];
  checkExpectation?(payload: Payload, expectation: VoucherExpectation, settings: Settings): readonly string[];
  /** Asks only for rows of tables that the settings pull. */
  checkReferences?(payload: Payload, rowOf: RowOf, settings: Settings): readonly string[];
}

/** Attributes of a row of the target's own master data; undefined where there is none. */
type RowOf = (kind: string, code: string) => Readonly<Record<string, string>> | undefined;

/** Where a voucher goes. */
export interface VoucherTarget {
  readonly connection: Pick<ConnectionContent, 'name' | 'settings'>;
  readonly operation: TargetChecks;
}

/** Maps an approval by a flow, and lets the target check what came out: what it would refuse is not sent. Pure. */
export function makeVoucher(
  flow: Flow,
  approval: MappedApproval,
  options: EvaluationOptions,
  target: VoucherTarget,
): Evaluation {
  const evaluation = evaluateFlow(flow, approval, options);
  if (evaluation.kind !== 'rendered') return evaluation;
  try {
    check(flow, evaluation.rendering, options, target);
    return evaluation;
  } catch (error) {
    if (error instanceof MappingProblem) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

/** @throws {MappingProblem} */
function check({ voucher }: Flow, rendering: Rendering, options: EvaluationOptions, target: VoucherTarget): void {
  const { payload, expectation } = rendering;
  const { operation, connection } = target;
  const { settings } = connection;
  const unfit = operation.checkPayload(payload, settings);
  const refused = unfit.length > 0 ? unfit : (operation.checkExpectation?.(payload, expectation, settings) ?? []);
  if (refused.length > 0) {
    throw new MappingProblem(
      'payload',
      ['payload'],
      `${inBoth(`${voucher.operation} refuses it`, '目标系统不接受')}: ${refused.join('; ')}`,
    );
  }
  const strange = referenceFaults(rendering, options, target);
  if (strange.length > 0) {
    throw new MappingProblem(
      'references',
      ['payload'],
      `${inBoth(`${voucher.operation} would not find it`, '目标系统中找不到')}: ${strange.join('; ')}`,
    );
  }
}

/** Checked as of the day on which it will be booked. @throws {MappingProblem} `table-pending` */
function referenceFaults(
  { payload, accountingDate }: Rendering,
  { masterData }: EvaluationOptions,
  { connection, operation }: VoucherTarget,
): readonly string[] {
  let pending: string | undefined;
  const rowOf: RowOf = (kind, code) => {
    const table = `${connection.name}/${kind}`;
    const found = masterData.find(table, [{ column: 'code', value: code }], accountingDate);
    if (found.kind === 'rows') return found.rows[0]?.columns;
    pending ??= table;
    return undefined;
  };
  const faults = operation.checkReferences?.(payload, rowOf, connection.settings) ?? [];
  if (pending !== undefined) {
    throw new MappingProblem('table-pending', ['payload'], `table "${pending}"`, { cause: pending });
  }
  return faults;
}
