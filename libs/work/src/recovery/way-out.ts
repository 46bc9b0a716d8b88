import {
  type Divergence,
  encode,
  factId,
  type Message,
  type MessageTypes,
  partitionsOf,
  type Topic,
} from '@voucherline/contracts';
import { type Broker, decodeIfReadable, shardOf } from '@voucherline/pipeline';
import type { Clock, Timers } from '@voucherline/platform';

const ACTIONS: Topic = 'operations.actions.v1';
const LOOK_MS = 1_000;

export interface WayOutPorts {
  readonly service: string;
  /** Names the process: its words have a numbering of their own, because the database can't be trusted with it. */
  readonly processId: string;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly timers: Timers;
}

/**
 * Says what was found and waits until a person has asked for the recovery, then does it and says so. Until then the service
 * takes nothing in and calls nobody.
 */
export async function leadOut(
  found: readonly Divergence[],
  ports: WayOutPorts,
  recover: () => Promise<Pick<MessageTypes['RecoveryCompleted'], 'heard' | 'setAside'>>,
  signal: AbortSignal,
): Promise<void> {
  const { service, broker } = ports;
  const from = (await broker.offsets(ACTIONS))[0]?.high ?? 0n;
  await say(ports, 1, 'RecoveryNeeded', { service, found });
  const action = await requested(from, ports, signal);
  const done = await recover();
  await say(ports, 2, 'RecoveryCompleted', { service, action, ...done });
}

/** The id of the request, once there is one at or behind `from`. */
async function requested(from: bigint, ports: WayOutPorts, signal: AbortSignal): Promise<string> {
  for (let next = from; ; ) {
    await ports.timers.sleep(LOOK_MS, signal);
    const high = (await ports.broker.offsets(ACTIONS))[0]?.high ?? next;
    if (high <= next) continue;
    for await (const records of ports.broker.read(ACTIONS, 0, next, high)) {
      for (const record of records) {
        const message = decodeIfReadable(record);
        if (message?.type === 'RecoveryRequested' && message.data.service === ports.service) return message.id;
      }
    }
    next = high;
  }
}

async function say<T extends 'RecoveryNeeded' | 'RecoveryCompleted'>(
  { service, processId, broker, clock }: WayOutPorts,
  sequence: number,
  type: T,
  data: MessageTypes[T],
): Promise<void> {
  const topic: Topic = 'operations.events.v1';
  const message = {
    ...{ type, data, key: service, sequence, source: `${service}/recovery/${processId}` },
    ...{ id: factId(type, processId), time: new Date(clock.now()).toISOString() },
  };
  const shards = (await broker.offsets(topic)).length;
  const partition = partitionsOf(topic, shards) === 1 ? 0 : shardOf(service, shards);
  const record = encode(message as Message<T> & never);
  await (await broker.producer()).send([{ topic, partition, record }]);
}
