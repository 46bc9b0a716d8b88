import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type CheckedFile, type FileFault, faultText, type PublishableFlow } from '@voucherline/mapping';
import { caseFiles } from '../configuration-files.js';
import { checkCase, type FlowCase } from './case-file.js';
import { type ConnectionFile, connectionFilesNear } from './connection-files.js';
import { mismatches } from './mismatches.js';
import { type Outcome, outcomeOf } from './outcome.js';

/** A case that was run, or a case file that could not be read. */
export interface CaseResult {
  readonly name: string;
  readonly file: string;
  readonly title: string;
  /** What is wrong, a line each; empty when it came out as expected. */
  readonly complaints: readonly string[];
  /** Absent when the file could not be read. */
  readonly ran?: { readonly flowCase: FlowCase; readonly outcome: Outcome };
}

/** A flow with its connections as far as files say them, for running it without a broker. */
export interface Bench {
  readonly flow: CheckedFile<PublishableFlow>;
  readonly source: ConnectionFile | undefined;
  readonly target: ConnectionFile | undefined;
}

/** Where no connection's file says it. */
export const DEFAULT_TIME_ZONE = 'Asia/Shanghai';

/** @param known connections that come before those of files near the flow */
export function benchOf(
  flow: CheckedFile<PublishableFlow>,
  known: ReadonlyMap<string, ConnectionFile> = new Map(),
): Bench {
  const { source, voucher } = flow.value.flow;
  const connections = new Map([...connectionFilesNear(flow.file), ...known]);
  return { flow, source: connections.get(source.connection), target: connections.get(voucher.target) };
}

/** Runs every case of a flow; undefined for a flow without a folder of its own, which can't have any. */
export function runCases(bench: Bench): readonly CaseResult[] | undefined {
  return caseFiles(bench.flow)?.map((file) => runCase(bench, file));
}

function runCase({ flow, source, target }: Bench, file: string): CaseResult {
  const checked = checkCase(readFileSync(file, 'utf8'), file, flow.value.flow);
  if (!checked.ok) {
    return {
      name: basename(file).replace(/\.ya?ml$/, ''),
      file,
      title: '',
      complaints: inOrder(checked.errors).map(faultText),
    };
  }
  const flowCase = checked.value;
  const { accountingDate, masterData, tables } = flowCase;
  const options = {
    ...{ timeZone: source?.timeZone ?? DEFAULT_TIME_ZONE, masterData, trace: true },
    ...(accountingDate !== undefined && { accountingDate }),
  };
  const outcome = outcomeOf(flow.value.flow, flowCase.approval, options, target && pullingOnly(tables, target));
  const { name, title } = flowCase;
  return { name, file, title, complaints: mismatches(checked, outcome), ran: { flowCase, outcome } };
}

/** References are checked in tables that the case names: few cases are about them, and the others would have to say all rows. */
function pullingOnly(tables: readonly string[], target: ConnectionFile): ConnectionFile {
  const kinds = tables.flatMap((table) =>
    table.startsWith(`${target.name}/`) ? table.slice(target.name.length + 1) : [],
  );
  return { ...target, settings: { ...target.settings, masterData: kinds } };
}

function inOrder(faults: readonly FileFault[]): readonly FileFault[] {
  return [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
}
