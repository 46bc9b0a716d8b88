import { describe, expect, it } from 'vitest';
import {
  bill,
  doubt,
  held,
  looked,
  marked,
  pass,
  push,
  ready,
  SETTLE,
  save,
  T0,
  untilCreate,
} from './checking/given.js';
import type { PostingEvent } from './events.js';
import { nextAction, openEdges } from './machine.js';
import { intended } from './record.js';
import type { PostingTerms, TargetDocument } from './terms.js';

const inDoubt = pass(push, [...untilCreate, doubt]).record;
const absent: PostingEvent = { type: 'DoubtDeclaredAbsent', at: T0, action: 'a1' };
const link: PostingEvent = { type: 'DocumentLinked', at: T0, id: '7', action: 'a1' };
const linkedRead = (document: TargetDocument | null): PostingEvent => ({ type: 'LinkedRead', at: T0, document });

describe('a person who knows what became of a create in doubt', () => {
  it('declares it absent: the settle time is waived, the look-up is not', () => {
    const { record, said } = pass(push, [absent], inDoubt);
    expect(said).toEqual(['VoucherDoubtSettled']);
    expect(record.releasedBy).toBe('a1');
    expect(nextAction(record, T0, push)).toEqual({ kind: 'lookup' });
    expect(pass(push, [looked([])], record).edges).toEqual(['nothingStands']);
    expect(pass(push, [looked([bill()])], record).edges).toEqual(['chosenUnmarked']);
  });

  it('has the settle time back with the next doubt', () => {
    const again = pass(push, [absent, looked([]), { type: 'SendBegun', at: T0 }, doubt, looked([])], inDoubt);
    expect(again.edges.at(-1)).toBe('notFoundYet');
  });

  it('links a document: it is read, compared, and gone on with', () => {
    const { record } = pass(push, [link], inDoubt);
    expect(nextAction(record, T0, push)).toEqual({ kind: 'readLinked', id: '7' });
    const { record: linked, said } = pass(push, [linkedRead(bill({ ours: false, createdAt: 0 }))], record);
    expect(said).toEqual(['VoucherDoubtSettled']);
    expect(linked.chosen?.id).toBe('7');
    expect(nextAction(linked, T0, push)).toEqual({ kind: 'readChosen', id: '7' });
  });

  it.each<[string, TargetDocument | null, string]>([
    ['which is not there', null, 'no such document'],
    ['of another amount', bill({ amount: { amount: '1', currency: 'CNY' } }), 'amount'],
    ['of another voucher', bill({ voucherKey: 'f'.repeat(32) }), 'another voucher'],
    ['of another generation', marked({ generation: 2 }), 'another voucher'],
  ])('cannot link one %s', (_, document, reason) => {
    const { record } = pass(push, [link, linkedRead(document)], inDoubt);
    expect(held(record)?.reason).toContain(reason);
    expect(record.chosen).toBeNull();
  });

  it('has nothing to settle where nothing was sent, or a document was chosen', () => {
    expect(openEdges(pass(push, [ready]).record, absent, push)).toEqual([]);
    const choice = pass(push, [looked([bill()])], inDoubt).record;
    expect(openEdges(choice, link, push)).toEqual([]);
  });

  it('follows each look on the log', () => {
    const { said, record } = pass(push, [looked([]), looked([bill()], T0 + SETTLE)], inDoubt);
    expect(said).toEqual(['VoucherLookedUp', 'VoucherLookedUp']);
    expect(record.looks).toBe(2);
  });
});

describe('exclusive values', () => {
  const exclusive: PostingTerms = { ...save, exclusive: [{ name: 'invoice', company: '91', value: '1' }] };
  const takenBy = { name: 'invoice', voucherKey: 'k2', voucher: 'bill', subject: 'dingtalk/1/form/2' };

  it('are claimed before anything is asked', () => {
    expect(nextAction(intended(1, T0), T0, exclusive)).toEqual({ kind: 'claim' });
    expect(openEdges(intended(1, T0), ready, exclusive)).toEqual([]);
    const { edges } = pass(exclusive, [{ type: 'Claimed', at: T0, takenBy: null }, ready]);
    expect(edges).toEqual(['exclusiveClaimed', 'prerequisiteMet']);
    expect(nextAction(intended(1, T0), T0, save)).toEqual({ kind: 'prerequisite' });
  });

  it('of another voucher hold this one, and are claimed anew after a release', () => {
    const { record, said } = pass(exclusive, [{ type: 'Claimed', at: T0, takenBy }]);
    expect(said).toEqual(['VoucherHeld']);
    expect(held(record)).toMatchObject({ code: 'posting.exclusive-taken' });
    expect(held(record)?.reason).toContain('k2');
    const released = pass(exclusive, [{ type: 'Released', at: T0, action: 'a1' }], record).record;
    expect(nextAction(released, T0, exclusive)).toEqual({ kind: 'claim' });
  });
});

describe('a level that was declared and not shown', () => {
  const claimed: PostingTerms = { ...save, operation: { ...save.operation, shown: false } };
  const release: PostingEvent = { type: 'Released', at: T0, action: 'a1' };

  it('holds a voucher before anything is sent; a release lets this one go on', () => {
    const { record } = pass(claimed, [ready]);
    expect(held(record)).toMatchObject({ code: 'operation.level-not-shown', owner: 'administrator' });
    expect(pass(claimed, [release, ready], record).edges).toEqual(['releasedUnsent', 'prerequisiteMet']);
  });

  it('is not accepted by the release of another hold', () => {
    const waiting = { type: 'PrerequisiteRead', at: T0 + 700_000, ready: false, waitingFor: 'it' } as const;
    const { record } = pass(claimed, [waiting, release, ready]);
    expect(held(record)?.code).toBe('operation.level-not-shown');
  });
});
