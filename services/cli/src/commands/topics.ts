import { parseArgs } from 'node:util';
import { DEFAULT_SHARDS } from '@voucherline/contracts';
import { type Command, CommandError } from '../command.js';

/** `voucherline topics create`: the one job that creates topics, from the topic table. */
export const topics: Command = {
  name: 'topics',
  summary: 'create the topics of the topic table',
  help: `voucherline topics create [--shards ${DEFAULT_SHARDS}]

Creates what is absent. The number of partitions of all keyed topics is chosen here, once; another number later is refused.`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { shards: { type: 'string', default: String(DEFAULT_SHARDS) } },
    });
    if (positionals[0] !== 'create') throw new CommandError('topics: say `voucherline topics create`');
    const shards = Number(values.shards);
    if (!Number.isInteger(shards) || shards < 1 || shards > 1000) {
      throw new CommandError(`topics: --shards ${values.shards}: give a whole number from 1 to 1000`);
    }
    const created = await (await context.broker()).createTopics(shards);
    context.say(created.length === 0 ? 'all topics exist' : `created ${created.join(', ')}`);
    return 0;
  },
};
