import { type CommandContext, CommandError } from '../command.js';
import type { ConfigurationFiles } from '../configuration-files.js';
import { benchOf, runCases } from '../flows/run-cases.js';
import { sayResult } from '../flows/test.js';

/**
 * Runs the cases of all flows that have some.
 * @throws {CommandError} when one fails, after it was said what came out otherwise
 */
export function refuseFailingCases({ flows, connections }: ConfigurationFiles, context: CommandContext): void {
  const known = new Map(connections.map(({ file, value }) => [value.connection.name, { ...value.connection, file }]));
  const failing = flows.filter((flow) => {
    const failed = (runCases(benchOf(flow, known)) ?? []).filter(({ complaints }) => complaints.length > 0);
    if (failed.length > 0) context.say(`${flow.value.flow.name}  ${flow.file}`);
    for (const result of failed) sayResult(result, result.name.length, context);
    return failed.length > 0;
  });
  if (failing.length === 0) return;
  const files = failing.map(({ file }) => file).join(' ');
  throw new CommandError(`nothing was published, because cases fail; see voucherline flow test ${files}`);
}
