import {
  type AnyMessage,
  canonicalJson,
  decode,
  factId,
  type LogRecord,
  type Message,
  type ReplayReported,
  type ReplayRequested,
  type Topic,
} from '@voucherline/contracts';
import type { OutgoingRecord } from '../broker.js';
import type { AnyDraft } from '../stage.js';
import { type FoldedAction, foldedActions } from './actions.js';
import { type KeyState, newKeyState, stateText } from './key-state.js';
import type { Cause } from './order.js';
import { keyOfShard, type OwnedShard } from './owned-shard.js';
import { keyOf, OPERATIONS } from './parking.js';
import { Step } from './step.js';

/** A message of the record or of the fresh run. */
interface Said {
  readonly topic: Topic;
  readonly message: AnyMessage;
}

/** What a fresh run over a shard's keys says, compared with the record. */
export interface Comparison {
  readonly keys: number;
  readonly unchanged: number;
  /** In the order in which the fresh run says them. */
  readonly missing: readonly Said[];
  /** Said differently now, or on the record and not said any more. */
  readonly conflicts: readonly Said[];
  /** Sequences on the record, by topic and key. */
  readonly sequences: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Where the shard stood when the replay began. */
interface Snapshot {
  readonly inputs: ReadonlyMap<Topic, bigint>;
  readonly outputs: ReadonlyMap<Topic, bigint>;
  readonly actions: number;
}

/** The end of every topic as far as the shard has read and said; what comes later is not the replay's business. */
export async function snapshot<S>(owned: OwnedShard<S>): Promise<Snapshot> {
  const { broker, stage } = owned.dependencies;
  await owned.publisher.drained();
  const ends = stage.outputs.map(async (topic) => {
    const range = (await broker.offsets(topic)).find(({ partition }) => partition === owned.shard);
    return [topic, range?.high ?? 0n] as const;
  });
  return {
    inputs: new Map(stage.inputs.map((topic) => [topic, owned.position(topic)])),
    outputs: new Map(await Promise.all(ends)),
    actions: owned.actions,
  };
}

/** Runs the stage afresh, in memory, over the keys that the request touches, from their first message on. */
export async function compare<S>(
  owned: OwnedShard<S>,
  request: ReplayRequested,
  { inputs, outputs, actions }: Snapshot,
): Promise<Comparison> {
  const keys = await touchedKeys(owned, request, inputs.get(request.topic as Topic) ?? 0n);
  if (keys.size === 0) return { keys: 0, unchanged: 0, missing: [], conflicts: [], sequences: new Map() };
  const fresh = await runAfresh(owned, keys, inputs, actions);
  const record = new Map<string, Said>();
  const sequences = new Map<string, Set<number>>();
  for (const [topic, end] of outputs) {
    for await (const records of readShard(owned, topic, 0n, end)) {
      for (const one of records) {
        if (one.headers.ce_source !== owned.dependencies.stage.name || !keys.has(keyOf(one))) continue;
        const message = decode(one);
        record.set(message.id, { topic, message });
        const place = placeOf(topic, message.key);
        sequences.set(place, (sequences.get(place) ?? new Set()).add(message.sequence ?? 0));
      }
    }
  }
  return { keys: keys.size, sequences, ...differences(fresh, record) };
}

function differences(fresh: readonly Said[], record: ReadonlyMap<string, Said>) {
  const missing: Said[] = [];
  const conflicts: Said[] = [];
  const again = new Set<string>();
  let unchanged = 0;
  for (const said of fresh) {
    const before = record.get(said.message.id);
    again.add(said.message.id);
    if (before === undefined) missing.push(said);
    else if (contentOf(before) === contentOf(said)) unchanged++;
    else conflicts.push(said);
  }
  for (const [id, said] of record) if (!again.has(id)) conflicts.push(said);
  return { unchanged, missing, conflicts };
}

function contentOf({ message }: Said): string {
  return canonicalJson([message.type, message.data]);
}

async function touchedKeys<S>(owned: OwnedShard<S>, request: ReplayRequested, end: bigint): Promise<Set<string>> {
  const from = BigInt(request.fromOffset ?? 0);
  const since = request.since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(request.since);
  const asked = request.keys && new Set(request.keys);
  const keys = new Set<string>();
  for await (const records of readShard(owned, request.topic as Topic, from, end)) {
    for (const record of records) {
      const key = keyOf(record);
      if (record.timestamp >= since && (asked === undefined || asked.has(key))) keys.add(key);
    }
  }
  return keys;
}

/** Inputs and actions are merged by their timestamps: about the order in which they came, where several topics feed one key. */
async function runAfresh<S>(
  owned: OwnedShard<S>,
  keys: ReadonlySet<string>,
  inputs: ReadonlyMap<Topic, bigint>,
  actions: number,
): Promise<readonly Said[]> {
  const { stage, configuration, masterData } = owned.dependencies;
  const live = await owned.step([...keys]);
  const states = new Map([...keys].map((key) => [key, stateText(seed(stage.initial(), live.stateOf(key)))]));
  const step = new Step({ stage, shard: owned.shard, context: { configuration, masterData }, states, held: [] });
  const records: LogRecord[] = [];
  for (const [topic, end] of inputs) {
    for await (const some of readShard(owned, topic, 0n, end)) {
      for (const record of some) if (keys.has(keyOf(record))) records.push(record);
    }
  }
  records.sort((a, b) => a.timestamp - b.timestamp || Number(a.offset - b.offset));
  const asked = (await foldedActions(owned, actions)).filter(({ message }) => keys.has(message.data.subject));
  for (const record of records) {
    for (let next = asked[0]; next !== undefined && next.timestamp < record.timestamp; next = asked[0]) {
      actUpon(step, next);
      asked.shift();
    }
    step.take(record);
  }
  for (const action of asked) actUpon(step, action);
  return step.said.filter(({ topic }) => topic !== OPERATIONS).map((outgoing) => said(owned.shard, outgoing));
}

function actUpon<S>(step: Step<S>, { message }: FoldedAction): void {
  step.act(message, { ...message, action: message.id });
}

/** What people have decided about parked things holds for the fresh run too, and what is parked stays so. */
function seed<S>(initial: S, live: KeyState<S>): KeyState<S> {
  const { dropped, waived, parked } = live;
  return { ...newKeyState(initial), dropped: [...dropped], waived: [...waived], parked: { ...parked } };
}

function said(partition: number, { topic, record }: OutgoingRecord): Said {
  return { topic, message: decode({ topic, partition, offset: 0n, timestamp: 0, ...record }) };
}

/**
 * Says what is missing, and the report of the whole. A message that fills a hole in the record's numbers gets its number
 * back; one that was never said is said by deciding its key again, if the state still finds it due.
 */
export async function settle<S>(
  owned: OwnedShard<S>,
  request: ReplayRequested,
  comparison: Comparison,
  cause: Cause,
  nextAction: number,
): Promise<void> {
  const { missing, conflicts, sequences, keys, unchanged } = comparison;
  const reportKey = await keyOfShard(owned);
  const step = await owned.step([...missing.map(({ message }) => message.key), reportKey]);
  if (!request.dryRun) sayMissing(step, missing, sequences, cause);
  const published = step.said.filter(({ topic }) => topic !== OPERATIONS).length;
  const data: ReplayReported = {
    ...reportOf(owned, request, 'completed'),
    keys,
    unchanged,
    missing: missing.map(({ message }) => message.id),
    conflicts: conflicts.map(({ message: { id, type, key } }) => ({ id, type, subject: key })),
    published,
  };
  step.say(reportKey, report(data, cause), cause);
  await owned.commit(step, { actions: nextAction });
}

/** Says that a replay begins, and over how many keys. */
export async function announce<S>(owned: OwnedShard<S>, request: ReplayRequested, cause: Cause): Promise<void> {
  const key = await keyOfShard(owned);
  const step = await owned.step([key]);
  step.say(key, report(reportOf(owned, request, 'planned'), cause), cause);
  await owned.commit(step, {});
}

function sayMissing<S>(
  step: Step<S>,
  missing: readonly Said[],
  sequences: Comparison['sequences'],
  cause: Cause,
): void {
  const holes = new Map<string, number[]>();
  for (const { topic, message } of missing) {
    const place = placeOf(topic, message.key);
    const free = holes.get(place) ?? freeNumbers(step.stateOf(message.key).out[topic] ?? 0, sequences.get(place));
    holes.set(place, free);
    const number = free.shift();
    if (number !== undefined) step.sayAgain(message.key, message as AnyDraft, cause, number);
  }
  for (const key of new Set(missing.map(({ message }) => message.key))) step.decide(key, cause);
}

/** Numbers that were given and are not on the record. */
function freeNumbers(last: number, onRecord: ReadonlySet<number> | undefined): number[] {
  const free: number[] = [];
  for (let number = 1; number <= last; number++) if (!onRecord?.has(number)) free.push(number);
  return free;
}

function reportOf<S>(owned: OwnedShard<S>, request: ReplayRequested, status: ReplayReported['status']): ReplayReported {
  const { replay } = request;
  const { name } = owned.dependencies.stage;
  return {
    replay,
    stage: name,
    shard: owned.shard,
    status,
    keys: 0,
    unchanged: 0,
    missing: [],
    conflicts: [],
    published: 0,
  };
}

function report(data: ReplayReported, cause: Cause): AnyDraft {
  const id = factId('ReplayReported', data.replay, data.stage, data.shard, data.status);
  return { type: 'ReplayReported', id, time: cause.time, data } satisfies Pick<
    Message<'ReplayReported'>,
    'type' | 'id' | 'time' | 'data'
  >;
}

function placeOf(topic: string, key: string): string {
  return `${topic}\n${key}`;
}

async function* readShard<S>(
  owned: OwnedShard<S>,
  topic: Topic,
  from: bigint,
  end: bigint,
): AsyncGenerator<readonly LogRecord[]> {
  const { broker } = owned.dependencies;
  const low = (await broker.offsets(topic)).find(({ partition }) => partition === owned.shard)?.low ?? 0n;
  const start = from > low ? from : low;
  if (start >= end) return;
  for await (const records of broker.read(topic, owned.shard, start, end)) {
    owned.publisher.throwIfStopped();
    yield records;
  }
}
