import { type AnyMessage, encode, type LogRecord, topicOf } from '@voucherline/contracts';
import type { ChainPosition, IntakeCase } from '@voucherline/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { letter } from '../testing/simulated-work.js';
import { read } from './reading.js';
import { TakingIn } from './taking-in.js';

const PLACE = { source: 'test', topic: 'vouchers.commands.v1', key: 'd/1' };
const route = (message: AnyMessage) => {
  if (message.id === 'bad') throw new Error('secret');
  return message.type === 'WriteBack' ? [{ connection: 'c1', key: message.key }] : [];
};
const context = { worker: 's/copy', shard: 3, now: 0, route, hasSeen: (id: string) => id === 'seen' };

let offset = 0n;
function record(message: AnyMessage, change: Partial<LogRecord> = {}): LogRecord {
  const { key, value, headers } = encode(message);
  offset += 1n;
  return { topic: topicOf(message.type), partition: 3, offset, timestamp: 0, key, value, headers, ...change };
}

const numbered = (sequence: number, id = `m${sequence}`) =>
  record({ ...letter('c1', 'd/1', id), sequence } as AnyMessage);
const taking = (last?: number, cases: readonly IntakeCase[] = []) =>
  new TakingIn(context, last === undefined ? [] : [{ ...PLACE, seq: last }], cases);
const takeAll = (step: TakingIn, ...records: LogRecord[]) => {
  for (const one of records) step.take(read(one));
  return step;
};
const ids = (step: TakingIn) => step.deliveries.map(({ message }) => (JSON.parse(message) as AnyMessage).id);
const saidCodes = (step: TakingIn) =>
  step.said.map((draft) => (draft.type === 'MessageParked' ? draft.data.code : draft.type));

describe('taking messages in', () => {
  it('delivers the next of a sequence and ignores what it has taken in', () => {
    const step = takeAll(taking(1), numbered(1), numbered(2), numbered(2), numbered(3));
    expect(ids(step)).toEqual(['m2', 'm3']);
    expect(step.moved).toEqual([{ ...PLACE, seq: 3 }]);
    expect(step.hold).toEqual([]);
  });

  it('takes the first number that it sees inside a log as its base', () => {
    expect(ids(takeAll(taking(), numbered(7), numbered(8)))).toEqual(['m7', 'm8']);
  });

  it('holds what comes after a gap, says so once, and holds nothing else', () => {
    const other = record({ ...letter('c1', 'd/2', 'other'), sequence: 1 } as AnyMessage);
    const step = takeAll(taking(1), numbered(3), numbered(4), other);
    expect(ids(step)).toEqual(['other']);
    expect(step.hold.map(({ place }) => place?.seq)).toEqual([3, 4]);
    expect(saidCodes(step)).toEqual(['intake.gap']);
    expect(step.opened).toMatchObject([{ place: { ...PLACE, seq: 2 } }]);
  });

  it('parks what it can not read or route with its followers, and repeats no content', () => {
    const step = takeAll(taking(1), numbered(2, 'bad'), numbered(3));
    expect(ids(step)).toEqual([]);
    expect(step.hold.map(({ place }) => place?.seq)).toEqual([2, 3]);
    expect(saidCodes(step)).toEqual(['intake.route-failed']);
    expect(JSON.stringify(step.said)).not.toContain('secret');
    const unreadable = takeAll(taking(1), { ...numbered(2), value: Buffer.from('{') });
    expect(unreadable.said).toMatchObject([{ key: 'd/1', data: { code: 'intake.unreadable', stage: 's/copy' } }]);
  });

  it('sets a record without a number aside alone', () => {
    const step = takeAll(taking(), { ...numbered(1), headers: {} }, numbered(1));
    expect(ids(step)).toEqual(['m1']);
    expect(step.hold).toHaveLength(1);
    expect(step.said).toMatchObject([{ key: 'vouchers.commands.v1/3' }]);
  });

  it('ignores repeats of unsequenced messages', () => {
    const data = { parkedId: 'p', stage: 's/copy', subject: 'd/1', by: 'anna', reason: '' };
    const action = (id: string): AnyMessage => ({
      id,
      source: 'cli',
      type: 'ParkedReleased',
      key: 'k',
      time: '',
      data,
    });
    const at = { time: '2026-01-01T00:00:00Z' };
    const step = takeAll(taking(), ...['a', 'seen', 'a'].map((id) => record({ ...action(id), ...at } as AnyMessage)));
    expect(step.decided).toEqual([{ parkedId: 'p', resolution: 'released', action: 'a' }]);
    expect(step.seenIds).toEqual(['a']);
  });
});

describe('deciding about a case', () => {
  const blamed = numbered(2, 'bad');
  const parked = { parkedId: 'p', topic: PLACE.topic, offset: blamed.offset, place: { ...PLACE, seq: 2 } };
  const held = (...records: LogRecord[]) =>
    records.map((one) => ({ record: one, place: read(one).place as ChainPosition }));
  const decide = (resolution: 'released' | 'discarded', ...records: LogRecord[]) => {
    const step = taking(1, [parked]);
    step.decide({ parkedId: 'p', resolution, action: 'a' }, parked, held(...records));
    return step;
  };

  it('discarded: goes on with what waited behind it', () => {
    const step = decide('discarded', blamed, numbered(3), numbered(4));
    expect(ids(step)).toEqual(['m3', 'm4']);
    expect(step.unhold).toHaveLength(3);
    expect(step.moved).toEqual([{ ...PLACE, seq: 4 }]);
    expect(saidCodes(step)).toEqual(['ParkedResolved']);
    expect(step.closed).toEqual(['p']);
  });

  it('released while the fault lasts: says it again and keeps waiting', () => {
    const step = decide('released', blamed, numbered(3));
    expect([ids(step), step.unhold, step.closed]).toEqual([[], [], []]);
    expect(saidCodes(step)).toEqual(['intake.route-failed']);
    expect(step.applied).toEqual(['p']);
  });

  it('released after the fault was mended: takes it in with its followers', () => {
    const mended = { ...blamed, ...encode({ ...letter('c1', 'd/1', 'good'), sequence: 2 } as AnyMessage) };
    expect(ids(decide('released', mended, numbered(3)))).toEqual(['good', 'm3']);
  });

  it('stops at the next fault or gap behind it, with a case of its own', () => {
    const step = decide('discarded', blamed, numbered(3), numbered(5));
    expect(ids(step)).toEqual(['m3']);
    expect(step.opened).toMatchObject([{ place: { seq: 4 } }]);
    expect(saidCodes(step)).toEqual(['ParkedResolved', 'intake.gap']);
  });
});

it('delivers each message of a chain once and in order, however often and in whatever order they come', () => {
  const deliveries = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(deliveries, (numbers) => {
      const step = takeAll(taking(0), ...numbers.map((n) => numbered(n)));
      const delivered = ids(step);
      expect(delivered).toEqual(delivered.map((_, i) => `m${i + 1}`));
      // Nothing is lost: what was not delivered waits.
      const waiting = new Set(step.hold.map(({ place }) => `m${place?.seq}`));
      for (const n of numbers) expect(delivered.includes(`m${n}`) || waiting.has(`m${n}`)).toBe(true);
    }),
  );
});
