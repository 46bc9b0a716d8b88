import { createHash } from 'node:crypto';
import {
  type AnyMessage,
  canonicalJson,
  decode,
  factId,
  type LogRecord,
  type RebuildReported,
  type RebuildRequested,
  type Topic,
  topicOf,
} from '@voucherline/contracts';
import type { StageStore } from '@voucherline/store';
import type { Stage } from '../stage.js';
import { foldedActions } from './actions.js';
import { parseState } from './key-state.js';
import type { Cause } from './order.js';
import { keyOfShard, OwnedShard, ownTopics, type StageDependencies } from './owned-shard.js';
import { keyOf, OPERATIONS } from './parking.js';
import type { Step } from './step.js';

/**
 * Drops a shard's states and folds them again from the log: own outputs to their end, inputs and actions to the stored
 * positions.
 * Decides nothing. What is parked stays parked, by the stage's own word on the log. Begun again by whoever takes the shard
 * over while it is not finished.
 */
export async function rebuild<S>(owned: OwnedShard<S>): Promise<void> {
  await owned.publisher.drained();
  await owned.commit(await owned.step([], false), { reset: true, folding: true });
  await foldOwnOutputs(owned);
  for (const topic of owned.dependencies.stage.inputs) await foldInput(owned, topic);
  await owned.commit(await foldActions(owned, owned.actions), { folding: false });
}

/** A step with the folded actions of the shard's subjects up to an offset; it decides nothing. */
export async function foldActions<S>(owned: OwnedShard<S>, to: number): Promise<Step<S>> {
  const actions = await foldedActions(owned, to);
  const subjects = actions.map(({ message }) => message.data.subject);
  const step = await owned.step(subjects, false);
  for (const { message } of actions) step.act(message, message);
  return step;
}

/**
 * Rebuilds all shards of a stage from what the log has, positions that it does not have included. For a person who was
 * refused with `OffsetOutOfRange` and knows why. No process may run the stage meanwhile; one that does is overtaken.
 */
export async function rebuildStage<S>(dependencies: StageDependencies<S>): Promise<void> {
  const { broker, store, stage } = dependencies;
  for (const { partition } of await broker.offsets(OPERATIONS)) {
    const owned = new OwnedShard(partition, await store.takeOver(`${stage.name}/${partition}`), dependencies);
    await owned.fitToLog();
    await rebuild(owned);
    await owned.publisher.drained();
  }
}

/**
 * For a shard without any record of its own: what the stage has said before (on another database) counts as said, so
 * deciding from the first message on says nothing twice and goes on with the numbers.
 */
export async function adoptOwnOutputs<S>(owned: OwnedShard<S>): Promise<void> {
  const { broker, stage } = owned.dependencies;
  const said = await Promise.all(ownTopics(stage as Stage).map((topic) => broker.offsets(topic)));
  if (said.flat().every(({ partition, high, low }) => partition !== owned.shard || high === low)) return;
  await owned.commit(await owned.step([], false), { reset: true, folding: true });
  await foldOwnOutputs(owned);
  await owned.commit(await owned.step([], false), { folding: false });
}

/** So many of the last records of an output are looked at; repetitions of known ones may be among them. */
const TAIL = 100n;

/**
 * Whether the log holds words of the stage that a shard's states don't know: all is committed before it is said, so the database
 * is older than the log (a backup was restored, F32). To be asked before what a predecessor left unsaid is said.
 */
export async function isOlderThanLog<S>(
  unit: string,
  shard: number,
  dependencies: StageDependencies<S>,
): Promise<boolean> {
  const { broker, stage, store } = dependencies;
  for (const topic of stage.outputs) {
    const range = (await broker.offsets(topic)).find(({ partition }) => partition === shard);
    if (range === undefined || range.high === range.low) continue;
    const from = range.high - range.low > TAIL ? range.high - TAIL : range.low;
    const numbers = new Map<string, number>();
    for await (const records of broker.read(topic, shard, from, range.high)) {
      for (const { headers, key } of records) {
        if (headers.ce_source === stage.name && key !== null) numbers.set(key, Number(headers.ce_sequence));
      }
    }
    const states = await store.states(unit, [...numbers.keys()]);
    for (const [key, number] of numbers) {
      const state = states.get(key);
      if (state === undefined || number > (parseState(state).out[topic] ?? 0)) return true;
    }
  }
  return false;
}

/** SHA-256 over all states of a stage, by shard and key: equal when and only when what is known is equal. */
export async function stateHash(store: StageStore, stage: string, shards: number): Promise<string> {
  const hash = createHash('sha256');
  for (let shard = 0; shard < shards; shard++) hash.update((await shardHash(store, `${stage}/${shard}`)).hash);
  return hash.digest('hex');
}

/** SHA-256 over the states of one shard, by key, and how many there are. */
async function shardHash(store: StageStore, unit: string): Promise<{ readonly keys: number; readonly hash: string }> {
  const hash = createHash('sha256');
  let keys = 0;
  for await (const { key, state } of store.allStates(unit)) {
    keys++;
    hash.update(canonicalJson([key, JSON.parse(state)])).update('\n');
  }
  return { keys, hash: hash.digest('hex') };
}

/** Rebuilds at a person's word and says, under a key of the shard's own, what the states were before and are after. */
export async function rebuildOnRequest<S>(
  owned: OwnedShard<S>,
  request: RebuildRequested,
  cause: Cause,
  nextAction: number,
): Promise<void> {
  const { stage, store } = owned.dependencies;
  const unit = `${stage.name}/${owned.shard}`;
  await owned.publisher.drained();
  const before = await shardHash(store, unit);
  await rebuild(owned);
  const { keys, hash } = await shardHash(store, unit);
  const data: RebuildReported = {
    ...{ rebuild: request.rebuild, stage: stage.name, shard: owned.shard, keys },
    ...{ hashBefore: before.hash, hashAfter: hash },
  };
  const key = await keyOfShard(owned);
  const step = await owned.step([key]);
  const id = factId('RebuildReported', request.rebuild, stage.name, owned.shard);
  step.say(key, { type: 'RebuildReported', id, time: cause.time, data }, cause);
  await owned.commit(step, { actions: nextAction });
}

async function foldOwnOutputs<S>(owned: OwnedShard<S>): Promise<void> {
  const { stage } = owned.dependencies;
  for (const topic of ownTopics(stage as Stage)) {
    const early: AnyMessage[] = [];
    for await (const records of readLog(owned, topic)) {
      const messages = records
        .filter(({ headers }) => headers.ce_source === stage.name)
        .map((record) => decode(record));
      early.push(...(await foldInSequence(owned, messages)));
    }
    // Ahead of their turn: a replay has put a lost message behind its successors, or it is still lost.
    early.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
    await foldInSequence(owned, early, true);
  }
}

/** Folds own messages whose turn it is; repetitions are passed over. @returns those that came before their turn */
async function foldInSequence<S>(
  owned: OwnedShard<S>,
  messages: readonly AnyMessage[],
  anyway = false,
): Promise<readonly AnyMessage[]> {
  if (messages.length === 0) return [];
  const step = await owned.step(
    messages.map(({ key }) => key),
    false,
  );
  const early = messages.filter((message) => {
    const last = step.stateOf(message.key).out[topicOf(message.type)];
    const sequence = message.sequence ?? 0;
    if (last !== undefined && sequence <= last) return false;
    if (last !== undefined && sequence > last + 1 && !anyway) return true;
    step.takeOwn(message);
    return false;
  });
  await owned.commit(step, {});
  return early;
}

async function foldInput<S>(owned: OwnedShard<S>, topic: Topic): Promise<void> {
  for await (const records of readLog(owned, topic, owned.position(topic))) {
    const step = await owned.step(records.map(keyOf), false);
    for (const record of records) step.take(record);
    await owned.commit(step, {});
  }
}

async function* readLog<S>(owned: OwnedShard<S>, topic: Topic, to?: bigint): AsyncGenerator<readonly LogRecord[]> {
  const { broker } = owned.dependencies;
  const range = (await broker.offsets(topic)).find(({ partition }) => partition === owned.shard);
  const end = to ?? range?.high ?? 0n;
  if (range === undefined || end <= range.low) return;
  yield* broker.read(topic, owned.shard, range.low, end);
}
