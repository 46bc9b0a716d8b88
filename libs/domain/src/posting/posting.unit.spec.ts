import { describe, expect, it } from 'vitest';
import {
  begun,
  bill,
  done,
  doubt,
  held,
  looked,
  marked,
  pass,
  push,
  read,
  readOther,
  ready,
  refused,
  SETTLE,
  save,
  T0,
  untilCreate,
} from './checking/given.js';
import { EDGES } from './edges/index.js';
import type { PostingEvent } from './events.js';
import { apply, ImpossibleEvent, nextAction } from './machine.js';
import type { PostingTerms, TargetDocument } from './terms.js';

describe('the straight way', () => {
  it('pushes, chooses, writes the key, submits, posts and reads back', () => {
    const { record, edges, said } = pass(push, [
      ...untilCreate,
      done,
      looked([bill()]),
      begun,
      done,
      read(marked()),
      begun,
      done,
      begun,
      done,
      read(marked({ stage: 'posted', number: 'FKD1' })),
    ]);
    expect(edges).toEqual([
      'prerequisiteMet',
      'nothingStands',
      'createBegun',
      'createDone',
      'chosenUnmarked',
      'markBegun',
      'markDone',
      'comparedDraft',
      'submitBegun',
      'submitDone',
      'postBegun',
      'postDone',
      'readBack',
    ]);
    expect(said).toEqual(['VoucherPostingStarted', 'VoucherConfirmed']);
    expect(record).toMatchObject({ chosen: { id: '7' }, attempts: 4, creates: 1, confirmation: { number: 'FKD1' } });
    expect(nextAction(record, T0, push)).toEqual({ kind: 'finished' });
  });

  it('needs no mark where the create carries the key', () => {
    const { edges } = pass(save, [...untilCreate, done, looked([marked({ date: '2026-03-31T00:00:00' })])]);
    expect(edges.at(-1)).toBe('chosenDraft');
  });
});

describe('before the create', () => {
  it('waits for the prerequisite with growing gaps, then asks a person', () => {
    const missing = (at: number): PostingEvent => ({ type: 'PrerequisiteRead', at, ready: false, waitingFor: 'FKSQ1' });
    const first = pass(push, [missing(T0)]);
    expect(nextAction(first.record, T0, push)).toEqual({ kind: 'wait', until: T0 + 2000 });
    const second = pass(push, [missing(T0 + 2000)], first.record);
    expect(nextAction(second.record, T0 + 2000, push)).toEqual({ kind: 'wait', until: T0 + 6000 });
    const late = pass(push, [missing(T0 + 599_000)], second.record);
    expect(nextAction(late.record, T0 + 599_000, push)).toEqual({ kind: 'wait', until: T0 + 600_000 });
    const over = pass(push, [missing(T0 + 600_000)], late.record);
    expect(over.edges).toEqual(['patienceOver']);
    expect(held(over.record)?.reason).toContain('FKSQ1');
    const again = pass(
      push,
      [{ type: 'Released', at: T0 + 700_000, action: 'a1' }, missing(T0 + 700_000)],
      over.record,
    );
    expect(again.edges).toEqual(['releasedUnsent', 'prerequisiteMissing']);
  });

  it.each([
    ['a clerk made it by hand', bill({ ours: false })],
    ['our user made it, but not for this command', bill()],
    ['it is posted already', bill({ stage: 'posted' })],
    ['it carries the key, but a clerk copied it', marked({ ours: false })],
    ['it carries the key of another voucher', bill({ voucherKey: 'f'.repeat(32) })],
  ])('holds what a look-up finds: %s', (_, document) => {
    const { record, edges } = pass(push, [ready, looked([document])]);
    expect(edges.at(-1)).toBe('lookUpHeld');
    expect(held(record)).toMatchObject({ code: 'posting.found-before', documents: [document.document] });
    expect(held(record)?.reason).toContain('7');
  });

  it('goes on with a document that carries our own key (the ledger was lost)', () => {
    const { edges } = pass(push, [ready, looked([marked({ stage: 'posted' })]), read(marked({ stage: 'posted' }))]);
    expect(edges).toEqual(['prerequisiteMet', 'chosenPosted', 'readBack']);
  });

  it('looks again when the look-up has grown old', () => {
    const { record } = pass(push, [ready, looked([])]);
    expect(nextAction(record, T0 + 60_000, push)).toEqual({ kind: 'create' });
    expect(nextAction(record, T0 + 60_001, push)).toEqual({ kind: 'lookup' });
  });

  it('looks again after a request that never left', () => {
    const notSent: PostingEvent = { type: 'SendEnded', at: T0, outcome: { kind: 'notSent', detail: 'refused' } };
    const { record, edges } = pass(push, [...untilCreate, notSent]);
    expect(edges.at(-1)).toBe('createNotExecuted');
    expect(nextAction(record, T0, push)).toMatchObject({ kind: 'wait' });
    expect(nextAction(record, T0 + 2000, push)).toEqual({ kind: 'lookup' });
  });

  it('refuses a payload that must not be sent', () => {
    const refusal = { code: 'PAYLOAD', words: 'FVOUCHERID', owner: 'administrator', nextStep: 'mend' } as const;
    const { said, record } = pass(push, [{ type: 'PayloadRefused', at: T0, refusal }]);
    expect(said).toEqual(['VoucherRejected']);
    expect(nextAction(record, T0, push)).toEqual({ kind: 'stopped' });
  });
});

describe('a create in doubt', () => {
  it('is looked up with growing gaps and sent again only when the target can not execute it any more', () => {
    const { record, said } = pass(push, [...untilCreate, doubt]);
    expect(said).toContain('VoucherInDoubt');
    expect(nextAction(record, T0, push)).toEqual({ kind: 'lookup' });
    const first = pass(push, [looked([])], record).record;
    expect(nextAction(first, T0, push)).toEqual({ kind: 'wait', until: T0 + 1000 });
    const second = pass(push, [looked([], T0 + 1000)], first).record;
    expect(nextAction(second, T0 + 1000, push)).toEqual({ kind: 'wait', until: T0 + 3000 });
    const late = pass(push, [looked([], T0 + SETTLE - 1)], second);
    expect(late.edges).toEqual(['notFoundYet']);
    expect(() => apply(late.record, begun, push)).toThrow(ImpossibleEvent);
    const over = pass(push, [looked([], T0 + SETTLE)], late.record);
    expect(over.edges).toEqual(['settledWithoutDocument']);
    expect(nextAction(over.record, T0 + SETTLE, push)).toEqual({ kind: 'create' });
  });

  it('counts from the moment it was given up, and covers a process that ended after the attempt was recorded', () => {
    const { record } = pass(push, untilCreate);
    expect(nextAction(record, T0 + 999, push)).toEqual({ kind: 'recover' });
  });

  it('chooses the one new document of ours', () => {
    const { edges } = pass(push, [...untilCreate, doubt, looked([bill()])]);
    expect(edges.at(-1)).toBe('chosenUnmarked');
  });

  it.each([
    ['another amount', bill({ amount: { amount: '100.01', currency: 'CNY' } }), 'posting.differs'],
    ['another currency', bill({ amount: { amount: '100', currency: 'USD' } }), 'posting.differs'],
    ['another payee', bill({ payee: 'S002' }), 'posting.differs'],
    ['made by someone else', bill({ ours: false }), 'posting.other-document'],
    ['older than the attempt', bill({ createdAt: T0 - 3_600_000 }), 'posting.other-document'],
  ])('holds a document that is not certainly ours: %s', (_, document, code) => {
    expect(held(pass(push, [...untilCreate, doubt, looked([document])]).record)?.code).toBe(code);
  });

  it('deletes the double before anything is submitted, and looks for late ones after the confirmation', () => {
    const both = [bill({ id: '12' }), bill({ id: '9', document: 'd9' })];
    const { record, edges, said } = pass(push, [
      ...untilCreate,
      doubt,
      looked([], T0 + SETTLE),
      begun,
      done,
      looked(both),
      begun,
      done,
      readOther(null),
      read(bill({ id: '9' })),
      begun,
      done,
      read(marked({ id: '9', stage: 'posted' })),
    ]);
    expect(edges.slice(7)).toEqual([
      'draftsToVoid',
      'voidBegun',
      'removalDone',
      'unchosenGone',
      'comparedUnmarked',
      'markBegun',
      'markDone',
      'readBackAfterDoubt',
    ]);
    expect(record.chosen).toEqual({ id: '9', document: 'd9' });
    expect(said.at(-1)).toBe('VoucherConfirmed');
    expect(nextAction(record, T0, push)).toEqual({ kind: 'wait', until: T0 + SETTLE });

    const late = pass(
      push,
      [looked([marked({ id: '9', stage: 'posted' }), bill({ id: '13' })]), begun, done, readOther(null)],
      record,
    );
    expect(late.edges).toEqual(['draftsToVoid', 'voidBegun', 'removalDone', 'lateComersGone']);
    expect(late.said).toEqual([]);
    expect(nextAction(late.record, T0 + SETTLE, push)).toEqual({ kind: 'finished' });
  });

  it('asks a person when a double of ours was posted by someone', () => {
    const events = [...untilCreate, doubt, looked([bill(), bill({ id: '8', stage: 'posted' })])];
    expect(held(pass(push, events).record)?.code).toBe('posting.several');
    const taken = pass(push, [
      ...untilCreate,
      doubt,
      looked([bill(), bill({ id: '8' })]),
      begun,
      refused('STATE'),
      readOther(bill({ stage: 'submitted' })),
    ]);
    expect(held(taken.record)?.code).toBe('posting.double-taken');
  });

  it('asks a person after five doubts in a row', () => {
    let record = pass(push, [ready, looked([])]).record;
    for (let n = 1; n <= 4; n += 1) record = pass(push, [begun, doubt, looked([], T0 + SETTLE)], record).record;
    expect(pass(push, [begun, doubt, looked([], T0 + SETTLE)], record).edges.at(-1)).toBe('createsUndecided');
  });

  it('is left to a person where the target can not be searched', () => {
    const blind: PostingTerms = { ...push, operation: { ...push.operation, level: 'L0' } };
    expect(held(pass(blind, [...untilCreate, doubt]).record)?.code).toBe('posting.no-look-up');
  });
});

describe('a refused create', () => {
  it('is believed when a look-up shows that nothing came of it', () => {
    const { record, said } = pass(push, [...untilCreate, refused('MsgCode 11'), looked([])]);
    expect(said.at(-1)).toBe('VoucherRejected');
    expect(record.situation).toMatchObject({ refusal: { code: 'MsgCode 11', owner: 'finance' } });
  });

  it('is explained by the bill that a clerk pushed meanwhile', () => {
    const { record } = pass(push, [...untilCreate, refused('MsgCode 11'), looked([bill({ ours: false })])]);
    expect(held(record)?.code).toBe('posting.other-document');
  });
});

describe('a created document that the target does not show', () => {
  it('is looked for until the settle time is over, never made again', () => {
    const { record, edges } = pass(push, [...untilCreate, done, looked([]), looked([], T0 + SETTLE)]);
    expect(edges.slice(-2)).toEqual(['notVisibleYet', 'createdNotFound']);
    expect(held(record)?.code).toBe('posting.not-found');
  });
});

describe('the chosen document', () => {
  const chosen = pass(save, [...untilCreate, done, looked([marked({ date: '2026-03-31' })])]).record;
  const now = (change: Partial<TargetDocument> = {}) => marked({ date: '2026-03-31', ...change });

  it('is posted again after a doubt only when a read shows that it was not', () => {
    const posting = pass(save, [begun, done, begun, doubt], chosen);
    expect(posting.edges.at(-1)).toBe('stepInDoubt');
    expect(nextAction(posting.record, T0, push)).toEqual({ kind: 'readChosen', id: '7' });
    expect(pass(save, [read(now({ stage: 'posted' }))], posting.record).edges).toEqual(['readBack']);
    const again = pass(save, [read(now({ stage: 'submitted' }))], posting.record);
    expect(again.edges).toEqual(['comparedSubmitted']);
    expect(nextAction(again.record, T0, push)).toMatchObject({ kind: 'wait' });
  });

  it('goes on by what it shows when the target refuses because of its state', () => {
    const { edges } = pass(save, [begun, refused('STATE'), read(now({ stage: 'posted' }))], chosen);
    expect(edges).toEqual(['submitBegun', 'stepRefused', 'readBack']);
  });

  it('is rejected when the target refuses and nothing happened (closed period), and goes on when released', () => {
    const closed = pass(save, [begun, done, begun, refused('MsgCode 11'), read(now({ stage: 'submitted' }))], chosen);
    expect(closed.said).toEqual(['VoucherRejected']);
    const opened = pass(
      save,
      [
        { type: 'Released', at: T0, action: 'a1' },
        looked([now({ stage: 'submitted' })]),
        read(now({ stage: 'submitted' })),
      ],
      closed.record,
    );
    expect(opened.edges).toEqual(['released', 'chosenBefore', 'comparedSubmitted']);
  });

  it.each([
    ['deleted', null, 'posting.gone'],
    ['cancelled', now({ stage: 'cancelled' }), 'posting.gone'],
    ['changed', now({ amount: { amount: '99', currency: 'CNY' } }), 'posting.differs'],
    ['moved to another day', now({ date: '2026-04-01' }), 'posting.differs'],
  ])('is held when it was %s', (_, document, code) => {
    const { record } = pass(save, [begun, done, begun, done, read(document)], chosen);
    expect(held(record)?.code).toBe(code);
  });

  it('names no payee when it differs', () => {
    const { record } = pass(save, [begun, done, begun, done, read(now({ payee: '王小明' }))], chosen);
    expect(JSON.stringify(held(record))).not.toContain('王小明');
  });

  it('is held when the target says posted and does not show it', () => {
    const late: PostingEvent = { type: 'ChosenRead', at: T0 + SETTLE, document: now({ stage: 'submitted' }) };
    const { edges } = pass(save, [begun, done, begun, done, read(now({ stage: 'submitted' })), late], chosen);
    expect(edges.slice(-2)).toEqual(['notPostedYet', 'postNotShown']);
  });

  it('is written once', () => {
    const stopped = pass(save, [begun, refused('X'), read(now())], chosen).record;
    const other = now({ id: '3' });
    const { record, edges } = pass(save, [{ type: 'Released', at: T0, action: 'a1' }, looked([other])], stopped);
    expect(edges.at(-1)).toBe('draftsToVoid');
    expect(record.chosen?.id).toBe('7');
    expect(nextAction(record, T0, push)).toEqual({ kind: 'void', id: '3' });
  });
});

describe('reads', () => {
  it('are made again after a growing gap', () => {
    const failed = (at: number): PostingEvent => ({ type: 'ReadFailed', at });
    const { record } = pass(push, [ready, failed(T0), failed(T0 + 1000)]);
    expect(record.situation.name).toBe('lookingUp');
    expect(nextAction(record, T0 + 1000, push)).toEqual({ kind: 'wait', until: T0 + 3000 });
  });

  it('that are refused are for a person', () => {
    const refusal = { code: 'MsgCode 2', words: 'no right', owner: 'administrator', nextStep: 'grant it' } as const;
    const { record } = pass(push, [ready, { type: 'ReadRefused', at: T0, refusal }]);
    expect(held(record)).toMatchObject({ code: 'posting.read-refused.MsgCode 2', owner: 'administrator' });
  });
});

it('ends when a person discards it', () => {
  const { record, edges } = pass(push, [ready, looked([bill({ ours: false })]), { type: 'Discarded', at: T0 }]);
  expect(edges.at(-1)).toBe('discarded');
  expect(nextAction(record, T0, push)).toEqual({ kind: 'finished' });
});

it('knows each edge by its name', () => {
  expect(Object.keys(EDGES)).toMatchSnapshot();
});
