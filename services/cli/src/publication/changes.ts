import { type AnyMessage, encode, factId } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';
import { systemClock } from '@voucherline/platform';
import type { ConfigurationFiles } from '../configuration-files.js';
import type { Published } from '../published.js';

export type Change = Extract<AnyMessage, { type: 'FlowPublished' | 'ConnectionPublished' }>;

/** Versions that differ from the newest published ones. Connections first: a flow never stands on the log before the connections it names. */
export function changesOf({ connections, flows }: ConfigurationFiles, published: Published): readonly Change[] {
  const time = new Date(systemClock.now()).toISOString();
  const envelope = (type: Change['type'], name: string, hash: string) => ({
    id: factId(type, name, hash, time),
    source: 'cli/publish',
    key: name,
    time,
  });
  return [
    ...connections.map(({ value: { connection, hash } }) => {
      const { name } = connection;
      const type = 'ConnectionPublished' as const;
      return { ...envelope(type, name, hash), type, data: { name, hash, content: connection } };
    }),
    ...flows.map(({ value: { flow, content, hash } }) => {
      const { name } = flow;
      const type = 'FlowPublished' as const;
      return { ...envelope(type, name, hash), type, data: { name, hash, content } };
    }),
  ].filter(({ type, data }) => {
    const versions = type === 'FlowPublished' ? published.flows : published.connections;
    return versions.get(data.name)?.at(-1)?.hash !== data.hash;
  });
}

export async function send(broker: Broker, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const producer = await broker.producer();
  await producer.send(
    changes.map((message) => ({ topic: 'configuration.published.v1', partition: 0, record: encode(message) })),
  );
}
