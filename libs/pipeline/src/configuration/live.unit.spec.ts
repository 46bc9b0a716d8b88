import { encode } from '@voucherline/contracts';
import { silentLogger } from '@voucherline/platform';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../broker.js';
import { MemoryBroker, MemoryLog } from '../memory/memory-broker.js';
import { configurationOf } from './configuration-of.js';
import { followConfiguration } from './live.js';

describe('followConfiguration', () => {
  it('knows every version of a flow, oldest first, with offset and time of publication', async () => {
    const log = new MemoryLog({ shards: 2, now: () => 17 });
    log.append([flow('travel', 'h1'), flow('travel', 'h2')]);
    const configuration = await followConfiguration(new MemoryBroker(log), silentLogger);
    log.append([flow('travel', 'h3')]);
    expect(configuration.position).toBe(2);
    expect(configuration.flowVersions('travel').map(({ hash, offset }) => [hash, offset])).toEqual([
      ['h1', 0],
      ['h2', 1],
      ['h3', 2],
    ]);
    expect(configuration.flowVersions('travel')[0]?.publishedAt).toBe(17);
    expect(configuration.flowVersions('unknown')).toEqual([]);
    await configuration.close();
  });

  it('waits for an offset that is published, and refuses one that is not', async () => {
    const log = new MemoryLog({ shards: 2 });
    const configuration = await followConfiguration(new MemoryBroker(log), silentLogger);
    await expect(configuration.upTo(0)).rejects.toThrow(RangeError);
    log.append([flow('travel', 'h1')]);
    await configuration.upTo(0);
    expect(configuration.flowNames()).toEqual(['travel']);
  });

  it('passes over what is no configuration', async () => {
    const log = new MemoryLog({ shards: 2 });
    const broken = flow('travel', 'h1');
    log.append([{ ...broken, record: { ...broken.record, value: Buffer.from('{') } }, flow('travel', 'h2')]);
    const configuration = await followConfiguration(new MemoryBroker(log), silentLogger);
    expect(configuration.flowVersions('travel').map(({ offset }) => offset)).toEqual([1]);
  });

  it('tells listeners of changes until they leave', async () => {
    const log = new MemoryLog({ shards: 2 });
    const configuration = await followConfiguration(new MemoryBroker(log), silentLogger);
    let changes = 0;
    const leave = configuration.onChange(() => changes++);
    log.append([flow('travel', 'h1')]);
    leave();
    log.append([flow('travel', 'h2')]);
    expect(changes).toBe(1);
  });
});

describe('configurationOf', () => {
  it('is the configuration after these messages', async () => {
    const content = { name: 'oa', product: 'dingtalk' } as never;
    const configuration = configurationOf([
      { type: 'ConnectionPublished', data: { name: 'oa', hash: 'c1', content } },
      { type: 'FlowPublished', data: { name: 'travel', hash: 'f1', content: {} }, publishedAt: 5 },
    ]);
    expect(configuration.connection('oa')).toMatchObject({ hash: 'c1', offset: 0 });
    expect(configuration.flowVersions('travel')).toEqual([
      { name: 'travel', hash: 'f1', offset: 1, publishedAt: 5, content: {} },
    ]);
    await expect(configuration.upTo(2)).rejects.toThrow(RangeError);
  });
});

function flow(name: string, hash: string): OutgoingRecord {
  const message = {
    id: hash,
    source: 'cli',
    key: name,
    time: '2026-01-01T00:00:00Z',
    data: { name, hash, content: {} },
  };
  return { topic: 'configuration.published.v1', partition: 0, record: encode({ ...message, type: 'FlowPublished' }) };
}
