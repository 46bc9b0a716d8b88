import { describe, expect, it } from 'vitest';
import {
  begun,
  done,
  doubt,
  held,
  looked,
  marked,
  pass,
  readOther,
  ready,
  refused,
  SETTLE,
  save,
  T0,
  untilCreate,
} from './checking/given.js';
import type { PostingEvent } from './events.js';
import { nextAction } from './machine.js';
import { intended } from './record.js';
import type { TargetDocument } from './terms.js';

const withdrawn: PostingEvent = { type: 'TakeBack', at: T0, why: 'withdrawn' };
const replaced: PostingEvent = { type: 'TakeBack', at: T0, why: 'replaced' };
const reverse: PostingEvent = { type: 'Reverse', at: T0 };

const bill = (change: Partial<TargetDocument> = {}) => marked({ date: '2026-03-31', ...change });
const submitted = bill({ stage: 'submitted' });
const posted = bill({ stage: 'posted', number: 'FKD1' });
const chosen = pass(save, [...untilCreate, done, looked([bill()])]).record;

describe('a voucher that is withdrawn', () => {
  it.each<[string, readonly PostingEvent[]]>([
    ['before anything was asked', []],
    ['after a look-up', [ready, looked([])]],
    ['while a person looks at what stood there before', [ready, looked([bill({ ours: false })])]],
  ])('unsent, is cancelled at once: %s', (_, events) => {
    const { said, record } = pass(save, [...events, withdrawn]);
    expect(said.at(-1)).toBe('VoucherCancelled');
    expect(nextAction(record, T0, save)).toEqual({ kind: 'finished' });
  });

  it('as a draft, is deleted and read as gone', () => {
    const { edges, said, record } = pass(
      save,
      [withdrawn, looked([bill()]), readOther(bill()), begun, done, readOther(null)],
      chosen,
    );
    expect(edges).toEqual(['takenBack', 'remainsFound', 'draftStands', 'voidBegun', 'removalDone', 'cancelledGone']);
    expect(said).toEqual(['VoucherCancelled']);
    expect(record).toMatchObject({ ending: 'withdrawn', chosen: { id: '7' }, chosenGone: true });
  });

  it('submitted, is taken back to a draft first', () => {
    const { record } = pass(save, [begun, done, withdrawn, looked([submitted]), readOther(submitted)], chosen);
    expect(nextAction(record, T0, save)).toEqual({ kind: 'unpost', id: '7', stage: 'submitted' });
    const { edges } = pass(save, [begun, done, readOther(bill()), begun, done, readOther(null)], record);
    expect(edges.at(-1)).toBe('cancelledGone');
  });

  it('in doubt, is resolved first: nothing is found until the settle time is over', () => {
    const { edges, said } = pass(save, [...untilCreate, doubt, withdrawn, looked([]), looked([], T0 + SETTLE)]);
    expect(edges.slice(-3)).toEqual(['takenBackUnderWay', 'notFoundYet', 'nothingRemains']);
    expect(said.slice(-3)).toEqual(['VoucherLookedUp', 'VoucherLookedUp', 'VoucherCancelled']);
  });

  it('while a request is under way, waits for its answer and sends nothing on', () => {
    const { record, edges } = pass(save, [begun, withdrawn, done], chosen);
    expect(edges).toEqual(['submitBegun', 'takenBackUnderWay', 'endedTakenBack']);
    expect(nextAction(record, T0, save)).toEqual({ kind: 'lookup' });
  });

  it('and found posted after all, is confirmed: what reverses it comes after', () => {
    const { record, said } = pass(
      save,
      [begun, done, begun, doubt, withdrawn, looked([posted]), readOther(posted)],
      chosen,
    );
    expect(said.at(-1)).toBe('VoucherConfirmed');
    expect(record).toMatchObject({ situation: { name: 'confirmed' }, confirmation: { number: 'FKD1' } });
  });

  it('does not come back when a person lets it go on', () => {
    const taken = pass(save, [withdrawn, looked([bill(), bill({ id: '8', stage: 'posted' })])], chosen).record;
    expect(held(taken)?.code).toBe('posting.several');
    const { record } = pass(save, [{ type: 'Released', at: T0, action: 'a' }], taken);
    expect(nextAction(record, T0, save)).toEqual({ kind: 'lookup' });
    expect(record.situation.name).toBe('retiring');
    expect(pass(save, [{ type: 'Discarded', at: T0 }], taken).said).toEqual(['VoucherCancelled']);
  });
});

describe('a refused voucher that is replaced', () => {
  const closed = pass(
    save,
    [begun, refused('CLOSED'), { type: 'ChosenRead', at: T0, document: bill() }],
    chosen,
  ).record;

  it('leaves nothing behind, and the next generation takes no document of the old one', () => {
    const { edges } = pass(save, [replaced, looked([bill()]), readOther(bill()), begun, done, readOther(null)], closed);
    expect(edges.at(-1)).toBe('cancelledGone');
    const late = [ready, looked([bill({ id: '9' })])];
    const next = pass(save, late, intended(2, T0));
    expect(next.edges.at(-1)).toBe('draftsToVoid');
    expect(next.record.chosen).toBeNull();
    const { edges: after } = pass(save, [begun, done, readOther(null), looked([])], next.record);
    expect(after.slice(-2)).toEqual(['olderGone', 'nothingStands']);
  });

  it('stops when somebody posted the old one after all, or submits a late one', () => {
    expect(held(pass(save, [replaced, looked([posted]), readOther(posted)], closed).record)?.code).toBe(
      'posting.replaced-posted',
    );
    expect(held(pass(save, [ready, looked([submitted])], intended(2, T0)).record)?.code).toBe('posting.older-taken');
  });

  it('can still be withdrawn', () => {
    expect(pass(save, [replaced, withdrawn], closed).record.ending).toBe('withdrawn');
  });

  it('chooses only what carries its own generation', () => {
    const { record } = pass(
      save,
      [ready, looked([]), begun, done, looked([bill({ id: '9', generation: 2 })])],
      intended(2, T0),
    );
    expect(record.chosen?.id).toBe('9');
  });
});

describe('a confirmed voucher that is undone', () => {
  const confirmed = pass(
    save,
    [begun, done, begun, done, { type: 'ChosenRead', at: T0, document: posted }],
    chosen,
  ).record;

  it('is taken back to a draft, deleted, and read as gone', () => {
    const events = [
      reverse,
      looked([posted]),
      readOther(posted),
      begun,
      done,
      readOther(bill()),
      begun,
      done,
      readOther(null),
    ];
    const { edges, said } = pass(save, events, confirmed);
    expect(edges).toEqual([
      ...['reversalBegun', 'remainsFound', 'noDraftYet', 'unpostBegun', 'removalDone'],
      ...['draftStands', 'voidBegun', 'removalDone', 'reversedGone'],
    ]);
    expect(said).toEqual(['VoucherReversed']);
  });

  it('is for a person when the target refuses, in the words of the target', () => {
    const events = [reverse, looked([posted]), readOther(posted), begun, refused('CLOSED'), readOther(posted)];
    const { record } = pass(save, events, confirmed);
    expect(held(record)).toMatchObject({ code: 'posting.not-taken-back.CLOSED', nextStep: 'mend' });
    expect(pass(save, [{ type: 'Discarded', at: T0 }], record).said).toEqual(['VoucherReversed']);
  });
});
