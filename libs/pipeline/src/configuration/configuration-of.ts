import type { Message } from '@voucherline/contracts';
import type { LiveConfiguration } from './configuration.js';
import { RecordedConfiguration } from './recorded.js';

/** What a test publishes: a flow or a connection, with the time of its publication (ms; default 0). */
export type PublishedForTest = (
  | Pick<Message<'FlowPublished'>, 'type' | 'data'>
  | Pick<Message<'ConnectionPublished'>, 'type' | 'data'>
) & { readonly publishedAt?: number };

/** A configuration that stands still, for tests: the n-th item has offset n. */
export function configurationOf(published: readonly PublishedForTest[] = []): LiveConfiguration {
  const configuration = new RecordedConfiguration();
  published.forEach(({ publishedAt = 0, ...message }, offset) => {
    const envelope = {
      id: `configuration-${offset}`,
      source: 'test',
      key: message.data.name,
      time: '1970-01-01T00:00:00Z',
    };
    configuration.add({ ...envelope, ...message } as Message<'FlowPublished'>, offset, publishedAt);
  });
  return Object.assign(configuration, {
    upTo: async (offset: number) => {
      if (offset > configuration.position) throw new RangeError(`configuration ${offset} is not published`);
    },
    onChange: () => () => {},
  });
}
