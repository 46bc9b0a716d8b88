import { parseArgs } from 'node:util';
import { systemClock } from '@voucherline/platform';
import { type CommandContext, CommandError } from '../../command.js';
import { readMasterData } from '../../master-data.js';
import { newestConnections, readPublished } from '../../published.js';
import { compare } from './compare.js';
import { daysBefore, parseSince } from './since.js';
import { versionsOf } from './versions.js';

/** How far back is looked unless somebody says so. */
export const DEFAULT_DAYS = 30;

/** `voucherline flow diff`: what history would have become under another version. Nothing is sent or published. */
export async function diffFlows(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { since: { type: 'string' } },
  });
  const [a, b] = positionals;
  if (a === undefined || b === undefined) {
    throw new CommandError('flow diff: name two versions, e.g. voucherline flow diff published deploy/flows/<flow>');
  }
  const since = values.since === undefined ? daysBefore(systemClock.now(), DEFAULT_DAYS) : parseSince(values.since);
  const broker = await context.broker();
  const published = await readPublished(broker);
  const [before, after] = versionsOf([a, b], published);
  const connections = newestConnections(published);
  context.say(`${before.label} → ${after.label}`);
  await compare(
    broker,
    {
      ...{ before: before.flow, after: after.flow, since, showAtMost: Number.POSITIVE_INFINITY },
      connections,
      masterData: await readMasterData(broker, connections),
    },
    context,
  );
  context.say('Nothing was sent or published. 未发送、未发布任何内容。');
  return 0;
}
