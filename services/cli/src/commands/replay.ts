import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { ReplayReported, ReplayRequested, Topic } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';
import { systemRandomness } from '@voucherline/platform';
import { publishAction } from '../actions.js';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { reportsOf } from '../reports.js';

/** The stages and workers that read a topic. */
const READERS: Partial<Record<Topic, readonly string[]>> = {
  'inbound.received.v1': ['collector/read'],
  'documents.collected.v1': ['transformer/normalise'],
  'approvals.events.v1': ['transformer/plan'],
  'vouchers.commands.v1': ['erp-writer/post', 'erp-writer/note'],
  'vouchers.events.v1': ['transformer/plan'],
};

/** `voucherline replay`: let the readers of a topic read a range again beside their record. */
export const replay: Command = {
  name: 'replay',
  summary: 'read a range of a topic again beside the record',
  help: `voucherline replay --topic <topic> [--from-offset N | --since <instant>] [--key <key> …] [--dry-run]

Topics: ${Object.keys(READERS).join(', ')}
A stage runs again over every key the range touches and compares with its record: what is missing is published with the ids it
always had. A worker takes in again what its lanes don't know, and looks up before it sends. What differs is shown as a conflict
and left alone; nothing is appended to the topic itself. --dry-run only tells.`,
  async run(args, context) {
    const requests = readRequests(args);
    const broker = await context.broker();
    for (const request of requests) {
      const { length: shards } = await broker.offsets(request.topic as Topic);
      context.say(
        `replay ${request.replay} of ${request.topic} by ${request.stage}, ${shards} shards${request.dryRun ? ', dry run' : ''}`,
      );
      await publishAction(broker, 'ReplayRequested', request);
      await follow(broker, request, shards, context);
    }
    return 0;
  },
};

function readRequests(args: readonly string[]): readonly ReplayRequested[] {
  const { values } = parseArgs({
    args: [...args],
    options: {
      topic: { type: 'string' },
      'from-offset': { type: 'string' },
      since: { type: 'string' },
      key: { type: 'string', multiple: true },
      'dry-run': { type: 'boolean', default: false },
      by: { type: 'string', default: userInfo().username },
    },
  });
  const topic = values.topic ?? '';
  const stages = READERS[topic as Topic];
  if (stages === undefined)
    throw new CommandError(`replay: --topic ${topic || '(missing)'}: give one of ${Object.keys(READERS).join(', ')}`);
  const fromOffset = values['from-offset'];
  if (fromOffset !== undefined && !/^\d{1,18}$/.test(fromOffset)) {
    throw new CommandError(`replay: --from-offset ${fromOffset}: give a whole number from 0`);
  }
  if (values.since !== undefined && Number.isNaN(Date.parse(values.since))) {
    throw new CommandError(`replay: --since ${values.since}: give an instant like 2026-11-25T08:00:00Z`);
  }
  if (fromOffset !== undefined && values.since !== undefined)
    throw new CommandError('replay: --from-offset or --since, not both');
  return stages.map((stage) => ({
    replay: systemRandomness.uuid(),
    stage,
    topic,
    ...(values.key && { keys: values.key }),
    ...(fromOffset !== undefined && { fromOffset }),
    ...(values.since !== undefined && { since: values.since }),
    dryRun: values['dry-run'],
    by: values.by,
  }));
}

async function follow(
  broker: Broker,
  request: ReplayRequested,
  shards: number,
  context: CommandContext,
): Promise<void> {
  const reports = await reportsOf<ReplayReported>({
    ...{ broker, context, shards, what: `replay by ${request.stage}` },
    pick: ({ type, data }) =>
      type === 'ReplayReported' && data.replay === request.replay && data.status === 'completed' ? data : undefined,
    say: ({ shard, keys }, done) => context.say(`shard ${shard} done: ${keys} keys (${done}/${shards})`),
  });
  summarise(reports, request, context);
}

function summarise(reports: readonly ReplayReported[], request: ReplayRequested, context: CommandContext): void {
  const total = (count: (report: ReplayReported) => number) => reports.reduce((sum, report) => sum + count(report), 0);
  const conflicts = reports.flatMap((report) => report.conflicts);
  const missing = total((report) => report.missing.length);
  context.say(
    `${total((report) => report.keys)} keys: ${total((report) => report.unchanged)} messages unchanged, ${missing} missing, ${conflicts.length} conflicts`,
  );
  context.say(request.dryRun ? 'dry run: nothing was published' : `${total((report) => report.published)} published`);
  for (const { type, subject, id } of conflicts) context.say(`conflict  ${type} ${id}  ${subject}`);
  if (conflicts.length > 0)
    context.say('A conflict is what today’s rules would say otherwise. It is left alone; a person decides.');
}
