import { encode, type Message } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';
import { systemClock, systemRandomness } from '@voucherline/platform';

type ActionType =
  | 'ParkedReleased'
  | 'ParkedDiscarded'
  | 'DoubtResolved'
  | 'ReplanRequested'
  | 'PullRequested'
  | 'ReplayRequested'
  | 'RebuildRequested'
  | 'RecoveryRequested';

/**
 * Puts an action of a person onto `operations.actions`. Its id is new each time: asking twice is asking twice, and the
 * owner of the key finds the second without effect.
 */
export async function publishAction<T extends ActionType>(
  broker: Broker,
  type: T,
  data: Message<T>['data'],
): Promise<string> {
  const id = systemRandomness.uuid();
  const message = { id, source: 'cli', type, key: type, time: new Date(systemClock.now()).toISOString(), data };
  const producer = await broker.producer();
  await producer.send([
    { topic: 'operations.actions.v1', partition: 0, record: encode(message as Message<T> & never) },
  ]);
  return id;
}
