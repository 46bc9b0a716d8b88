import type { AnyMessage } from '@voucherline/contracts';
import { type Broker, readTopic } from '@voucherline/pipeline';
import { systemTimers } from '@voucherline/platform';
import { type CommandContext, CommandError } from './command.js';

/** How long the owners of the shards may take before a command gives up waiting. What was asked goes on. */
const PATIENCE_MS = 10 * 60_000;
const POLL_MS = 500;

/**
 * Waits until the owner of every shard has reported on `operations.events`, telling each as it comes.
 * @throws {CommandError} when some are silent for ten minutes, or the command was interrupted
 */
export async function reportsOf<R extends { readonly shard: number }>(options: {
  readonly broker: Broker;
  readonly context: CommandContext;
  readonly shards: number;
  /** For the error: what is waited for. */
  readonly what: string;
  readonly pick: (message: AnyMessage) => R | undefined;
  readonly say: (report: R, done: number) => void;
}): Promise<readonly R[]> {
  const { broker, context, shards, what, pick, say } = options;
  const reports = new Map<number, R>();
  for (let waited = 0; reports.size < shards; waited += POLL_MS) {
    if (context.signal.aborted) throw new CommandError(`${what}: interrupted; what was asked goes on`);
    if (waited > PATIENCE_MS)
      throw new CommandError(`${what}: ${reports.size} of ${shards} shards reported; is the service running?`);
    await systemTimers.sleep(POLL_MS);
    for await (const { message } of readTopic(broker, 'operations.events.v1')) {
      const report = pick(message);
      if (report === undefined || reports.has(report.shard)) continue;
      reports.set(report.shard, report);
      say(report, reports.size);
    }
  }
  return [...reports.values()];
}
