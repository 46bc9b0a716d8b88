import type { Topic } from '@voucherline/contracts';
import type { OutgoingRecord } from '@voucherline/pipeline';
import type { Scene } from './scene.js';
import { SHARDS, type World } from './world.js';

const STAGES = {
  'transformer/normalise': ['documents.collected.v1'],
  'transformer/plan': ['approvals.events.v1', 'vouchers.events.v1'],
} as const;

/** What everything that is said by stages and workers of money stands on. */
const SAID = [
  'ApprovalApproved',
  'ApprovalAmended',
  'ApprovalWithdrawn',
  'PostVoucher',
  'ReverseVoucher',
  'WriteBack',
  'VoucherPostingStarted',
  'VoucherConfirmed',
  'VoucherCancelled',
  'VoucherReversed',
] as const;

/** Everything is read and done again (I16). `check` throws unless that changed nothing, once it has settled. */
export function replayEverything({ world, book }: Scene): { check(): void } {
  world.chronicle.note('everything is replayed');
  const before = { book: JSON.stringify(book.documents), said: idsSaid(world) };
  rebuildAndReplay(world);
  commandAgain(world);
  writeAgain(world);
  return {
    check: () => {
      const broken = [...changesSince(before, { world, book })];
      if (broken.length > 0) throw new Error(`I16 a replay changes nothing: ${broken.slice(0, 5).join('; ')}`);
    },
  };
}

function* changesSince(before: { book: string; said: string }, { world, book }: Pick<Scene, 'world' | 'book'>) {
  if (JSON.stringify(book.documents) !== before.book) yield 'the book of the ERP is another one';
  if (idsSaid(world) !== before.said) yield 'something was said that had not been said';
  const replays = world.said('ReplayReported').filter(({ data }) => data.status === 'completed');
  for (const { data } of replays) {
    const isExplained = data.published === 0 && approvals(world).some((subject) => isRacy(world, subject));
    if (data.missing.length > 0 && !isExplained) {
      yield `${data.stage}/${data.shard} found ${data.missing.length} messages missing`;
    }
    for (const { type, subject } of data.conflicts) {
      if (!isRacy(world, subject)) yield `${data.stage} would say ${type} of ${subject} otherwise`;
    }
  }
  const rebuilds = world.said('RebuildReported');
  for (const { data } of rebuilds) {
    if (data.hashAfter !== data.hashBefore) yield `${data.stage}/${data.shard} has other states after a rebuild`;
  }
  const expected = SHARDS * Object.values(STAGES).flat().length;
  if (replays.length !== expected) yield `${replays.length} replays were reported, not ${expected}`;
  if (rebuilds.length !== SHARDS * Object.keys(STAGES).length) yield `${rebuilds.length} rebuilds were reported`;
}

function approvals(world: World): readonly string[] {
  return world.said('ApprovalApproved').map(({ key }) => key);
}

/**
 * Whether an approval changed, or was planned anew by a person, more than once: what was planned between depended on how far the
 * writer was, which a fresh run does not know. It is shown to a person as a conflict, and changes nothing.
 */
function isRacy(world: World, subject: string): boolean {
  const changes = [...world.said('ApprovalAmended'), ...world.said('ApprovalWithdrawn')].map(({ key }) => key);
  const wishes = world.said('ReplanRequested').map(({ data }) => data.subject);
  return [...changes, ...wishes].filter((one) => one === subject).length > 1;
}

function rebuildAndReplay(world: World): void {
  const time = new Date(world.clock.now()).toISOString();
  for (const [stage, topics] of Object.entries(STAGES)) {
    for (const topic of topics) {
      const data = { replay: `replay ${stage} ${topic}`, stage, topic, dryRun: false, by: 'li' };
      world.say({ id: data.replay, source: 'cli', type: 'ReplayRequested', key: 'none', time, data });
    }
    const data = { rebuild: `rebuild ${stage}`, stage, by: 'li' };
    world.say({ id: data.rebuild, source: 'cli', type: 'RebuildRequested', key: 'none', time, data });
  }
}

/** Every command comes into its lane once more, past the intake, which would ignore what it has seen. */
function commandAgain(world: World): void {
  for (const message of world.said('PostVoucher', 'ReverseVoucher', 'WriteBack')) {
    const { data } = message;
    const text = JSON.stringify(message);
    if (message.type === 'WriteBack') world.note.memory.deliver(message.data.connection, message.key, text);
    else if ('target' in data) world.post.memory.deliver(data.target, message.key, text);
  }
}

/** Every record stands in the log twice, as after a producer that was not answered. */
function writeAgain(world: World): void {
  const topics: readonly Topic[] = [
    'inbound.received.v1',
    'documents.collected.v1',
    'approvals.events.v1',
    'vouchers.commands.v1',
    'vouchers.events.v1',
  ];
  for (const topic of topics) {
    for (let partition = 0; partition < SHARDS; partition++) {
      const again = [...world.log.partition(topic, partition)].map(
        (record): OutgoingRecord => ({
          topic,
          partition,
          record: { key: String(record.key), value: record.value as Buffer, headers: record.headers },
        }),
      );
      world.log.append(again);
    }
  }
}

function idsSaid(world: World): string {
  return world
    .said(...SAID)
    .map(({ id }) => id)
    .sort()
    .join();
}
