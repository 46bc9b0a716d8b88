import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { RebuildReported } from '@voucherline/contracts';
import { systemRandomness } from '@voucherline/platform';
import { publishAction } from '../actions.js';
import { type Command, CommandError } from '../command.js';
import { reportsOf } from '../reports.js';

/** Stages of each service that has some. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  transformer: ['transformer/normalise', 'transformer/plan'],
};

/** `voucherline rebuild`: drop a service's states, fold them again from the log, and show that they are the same. */
export const rebuild: Command = {
  name: 'rebuild',
  summary: "fold a service's states again from offset 0 and compare",
  help: `voucherline rebuild ${Object.keys(STAGES).join('|')} [--by <name>]

The running service drops its states, folds them again from the log and decides nothing meanwhile; no vendor is asked. Printed is
a hash over all states before and after: the same, unless a state held something that the log does not. Exit code 1 if they differ.`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { by: { type: 'string', default: userInfo().username } },
    });
    const service = positionals[0] ?? '';
    const stages = STAGES[service];
    if (stages === undefined)
      throw new CommandError(`rebuild: "${service}" is none of ${Object.keys(STAGES).join(', ')}`);
    const broker = await context.broker();
    const { length: shards } = await broker.offsets('operations.events.v1');
    let same = true;
    for (const stage of stages) {
      const id = systemRandomness.uuid();
      context.say(`${stage}: ${shards} shards`);
      await publishAction(broker, 'RebuildRequested', { rebuild: id, stage, by: values.by });
      const reports = await reportsOf({
        ...{ broker, context, shards, what: `rebuild of ${stage}` },
        pick: (message) =>
          message.type === 'RebuildReported' && message.data.rebuild === id ? message.data : undefined,
        say: ({ shard, keys }, done) => context.say(`  shard ${shard} folded: ${keys} keys (${done}/${shards})`),
      });
      const before = together(reports, ({ hashBefore }) => hashBefore);
      const after = together(reports, ({ hashAfter }) => hashAfter);
      same &&= before === after;
      context.say(`  ${reports.reduce((sum, { keys }) => sum + keys, 0)} keys\n  before ${before}\n  after  ${after}`);
    }
    context.say(
      same
        ? 'the same'
        : 'DIFFERENT: a state held something that the log does not; keep both logs and tell the developers',
    );
    return same ? 0 : 1;
  },
};

/** One hash over the shards' hashes, in the order of the shards. */
function together(reports: readonly RebuildReported[], hashOf: (report: RebuildReported) => string): string {
  const hash = createHash('sha256');
  for (const report of [...reports].sort((a, b) => a.shard - b.shard)) hash.update(hashOf(report));
  return hash.digest('hex');
}
