import type { ConnectionContent, FlowPublished } from '@voucherline/contracts';
import { type Broker, readTopic } from '@voucherline/pipeline';

/** A version of a flow as it stands on the log for ever. */
export interface FlowVersionPublished extends FlowPublished {
  readonly offset: number;
  /** RFC 3339. */
  readonly publishedAt: string;
}

/** A version of a connection. */
export interface ConnectionVersion {
  readonly content: ConnectionContent;
  readonly hash: string;
  readonly offset: number;
}

/** All that was published, every version, oldest first. */
export interface Published {
  readonly flows: ReadonlyMap<string, readonly FlowVersionPublished[]>;
  readonly connections: ReadonlyMap<string, readonly ConnectionVersion[]>;
}

export async function readPublished(broker: Broker): Promise<Published> {
  const flows = new Map<string, readonly FlowVersionPublished[]>();
  const connections = new Map<string, readonly ConnectionVersion[]>();
  for await (const { message, record } of readTopic(broker, 'configuration.published.v1')) {
    const offset = Number(record.offset);
    if (message.type === 'ConnectionPublished') {
      const { name, hash, content } = message.data;
      connections.set(name, [...(connections.get(name) ?? []), { content, hash, offset }]);
    } else if (message.type === 'FlowPublished') {
      const { name } = message.data;
      const publishedAt = new Date(record.timestamp).toISOString();
      flows.set(name, [...(flows.get(name) ?? []), { ...message.data, offset, publishedAt }]);
    }
  }
  return { flows, connections };
}

/** The newest version of each connection, by name. */
export function newestConnections({ connections }: Published): ReadonlyMap<string, ConnectionContent> {
  return new Map(
    [...connections].flatMap(([name, versions]) => {
      const newest = versions.at(-1);
      return newest === undefined ? [] : [[name, newest.content] as const];
    }),
  );
}
