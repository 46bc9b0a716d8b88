import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MESSAGES, TOPICS } from '@voucherline/contracts';
import { checkout } from '@voucherline/local';
import { describe, expect, it } from 'vitest';

/** Topics that the runners of stages and workers use on behalf of every service that has one. */
const OF_RUNNERS = ['configuration.published.v1', 'operations.actions.v1', 'operations.events.v1'];

const services = [...new Set(Object.values(TOPICS).flatMap(({ readers, writers }) => [...readers, ...writers]))];

/** Topics that a service's own code names: literally, or by the type of a message it says. */
function named(service: string): Set<string> {
  const topics = new Set<string>();
  for (const file of globSync('src/**/*.ts', { cwd: join(checkout, 'services', service) })) {
    if (file.endsWith('.spec.ts') || /fixtures|testing/.test(file)) continue;
    const text = readFileSync(join(checkout, 'services', service, file), 'utf8');
    for (const [topic] of text.matchAll(/[a-z]+\.[a-z]+\.v\d+/g)) topics.add(topic);
  }
  return topics;
}

describe('the topic table', () => {
  it.each(services)('names every topic that %s uses', (service) => {
    for (const topic of named(service)) {
      const row = TOPICS[topic as keyof typeof TOPICS] as { readers: readonly string[]; writers: readonly string[] };
      expect(row, `${service} names ${topic}, which is not in the table`).toBeDefined();
      expect([...row.readers, ...row.writers], `${service} uses ${topic}`).toContain(service);
    }
  });

  it.each(services.filter((service) => service !== 'cli'))('names no topic that %s does not use', (service) => {
    const used = new Set([...named(service), ...OF_RUNNERS]);
    const rows = Object.entries(TOPICS).filter(([, row]) =>
      ([...row.readers, ...row.writers] as string[]).includes(service),
    );
    const bySaying = Object.values(MESSAGES).map(({ topic }) => topic as string);
    for (const [topic, { writers }] of rows) {
      const saysIt = (writers as readonly string[]).includes(service) && bySaying.includes(topic);
      expect(used.has(topic) || saysIt, `${service} stands in the row of ${topic}`).toBe(true);
    }
  });

  it('has a writer and a reader for every topic, and a message for each', () => {
    for (const [topic, { readers, writers }] of Object.entries(TOPICS)) {
      expect(readers.length * writers.length, topic).toBeGreaterThan(0);
      expect(
        Object.values(MESSAGES).some((message) => message.topic === topic),
        topic,
      ).toBe(true);
    }
  });
});
