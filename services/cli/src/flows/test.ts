import { parseArgs } from 'node:util';
import { type CommandContext, CommandError } from '../command.js';
import { readFlows } from '../configuration-files.js';
import { type Bench, benchOf, type CaseResult, DEFAULT_TIME_ZONE, runCases } from './run-cases.js';
import { sayRendering } from './show-rendering.js';

const DEFAULT_PLACE = 'deploy/flows';

/** `voucherline flow test`: runs the cases of flows without broker or database. Fails when one fails or a flow has none. */
export async function testFlows(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { show: { type: 'string' } },
  });
  const flows = readFlows(positionals.length === 0 ? [DEFAULT_PLACE] : positionals, 'nothing was tested');
  if (flows.length === 0) throw new CommandError(`flow test: there is no flow in ${positionals.join(', ')}`);
  const benches = flows.map((flow) => benchOf(flow));
  if (values.show !== undefined) return show(benches, values.show, context);
  const results = benches.map((bench) => {
    const ran = runCases(bench);
    sayFlow(bench, ran, context);
    return ran ?? [];
  });
  return saySum(results, context);
}

function sayFlow({ flow, source, target }: Bench, results: readonly CaseResult[] | undefined, context: CommandContext) {
  const { name, title, voucher } = flow.value.flow;
  context.say(`${name}  ${title.en} ${title.zh}  ${flow.file}`);
  context.say(
    source === undefined
      ? `  time zone ${DEFAULT_TIME_ZONE}, because no file of connection ${flow.value.flow.source.connection} is near`
      : `  time zone ${source.timeZone}, by ${source.file}`,
  );
  if (target === undefined) {
    context.say(`  payloads are not checked as ${voucher.target} would, because no file of that connection is near`);
  }
  if (results === undefined) {
    context.say(
      `  FAILED  no case 没有用例: a flow has cases in a folder of its own; move it to ${name}/flow.yaml and`,
    );
    context.say(`          write ${name}/cases/<case>.yaml`);
  } else if (results.length === 0)
    context.say('  FAILED  no case 没有用例: write one as cases/<case>.yaml beside the flow');
  const width = Math.max(0, ...(results ?? []).map((result) => result.name.length));
  for (const result of results ?? []) sayResult(result, width, context);
  context.say('');
}

/** A case in a line, and what came out otherwise below it. */
export function sayResult(result: CaseResult, width: number, context: CommandContext): void {
  const { name, title, complaints, ran } = result;
  const ok = complaints.length === 0;
  // A case expects a cause, which several checks share: it may have come out so by another than it is about.
  const why = ok && ran?.outcome.kind === 'parked' ? `  (${ran.outcome.reason})` : '';
  context.say(`  ${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(width)}  ${title}${why}`.trimEnd());
  for (const complaint of complaints) context.say(`    ${complaint}`);
}

function saySum(results: readonly (readonly CaseResult[])[], context: CommandContext): number {
  const cases = results.flat();
  const failed = cases.filter(({ complaints }) => complaints.length > 0).length;
  const without = results.filter(({ length }) => length === 0).length;
  context.say(
    `${results.length} flows, ${cases.length} cases: ${cases.length - failed} ok, ${failed} failed` +
      `${without === 0 ? '' : `; ${without} flows without a case`}` +
      `  用例 ${cases.length} 个：通过 ${cases.length - failed}，失败 ${failed}`,
  );
  return failed === 0 && without === 0 ? 0 : 1;
}

function show(benches: readonly Bench[], asked: string, context: CommandContext): number {
  const found = benches.flatMap((bench) => {
    const results = runCases(bench) ?? [];
    return results
      .filter(({ name, file }) => name === asked || file.endsWith(asked))
      .map((result) => ({ bench, result }));
  });
  const [only] = found;
  if (only === undefined) throw new CommandError(`flow test: there is no case ${asked}`);
  if (found.length > 1) {
    throw new CommandError(
      `flow test: ${asked} may be ${found.map(({ result }) => result.file).join(' or ')}; give its path`,
    );
  }
  const { bench, result } = only;
  sayFlow(bench, [result], context);
  if (result.ran !== undefined) sayRendering(result.ran.outcome, context);
  return result.complaints.length === 0 ? 0 : 1;
}
