import { isRefusal, type WaitingKey } from '@voucherline/store';
import type { OwnedShard } from './owned-shard.js';
import type { Step } from './step.js';

/** So many decisions are made again in a turn; messages and actions go between the turns. */
const KEYS_A_TURN = 50;

/** Keys of a shard whose decision waits for a table that is complete by now, in the order in which they were parked. */
export async function keysToGoOn<S>(owned: OwnedShard<S>): Promise<readonly WaitingKey[]> {
  const { stage, store, masterData } = owned.dependencies;
  if (stage.waitsForTable === undefined) return [];
  const waiting = await store.waiting(owned.unit);
  return waiting.filter(({ waitsFor }) => masterData.completion(waitsFor) !== undefined);
}

/**
 * Decides the first of these keys again, as a release would: the cause is the message that made the table complete, so whoever
 * does it says the same. One that was decided meanwhile is passed over. @returns how many are done with
 */
export async function goOn<S>(owned: OwnedShard<S>, keys: readonly WaitingKey[]): Promise<number> {
  const turn = keys.slice(0, KEYS_A_TURN);
  const [step, done] = await decided(owned, turn);
  if (step.said.length === 0) return done;
  try {
    await owned.commit(step, {});
    return done;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  for (const one of turn.slice(0, done)) await goOnAlone(owned, one);
  return done;
}

async function goOnAlone<S>(owned: OwnedShard<S>, waiting: WaitingKey): Promise<void> {
  const [step] = await decided(owned, [waiting]);
  try {
    await owned.commit(step, {});
  } catch (error) {
    if (!isRefusal(error)) throw error;
    owned.dependencies.logger.error('the database refused a decision that was made again', { key: waiting.key, error });
  }
}

async function decided<S>(owned: OwnedShard<S>, turn: readonly WaitingKey[]): Promise<readonly [Step<S>, number]> {
  const step = await owned.step(turn.map(({ key }) => key));
  let done = 0;
  for (const { key, waitsFor } of turn) {
    const completion = owned.dependencies.masterData.completion(waitsFor);
    if (completion !== undefined) step.goOn(key, waitsFor, completion);
    done++;
    if (owned.isFull(step)) break;
  }
  return [step, done];
}
