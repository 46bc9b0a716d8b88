import { expect, it } from 'vitest';
import type { TargetStage } from './stage.js';
import { ids, lookedUp, markedDraft, readBack } from './steps.js';

/** The way of failure-modes.md §2.2, and what the declared level promises. */
export function protocolTests(current: () => TargetStage): void {
  it('is probed by a read that changes nothing', async () => {
    const stage = current();
    expect(await stage.calls.probe(stage.context)).toMatchObject({ kind: 'read' });
    expect(stage.documents()).toEqual([]);
  });

  it('goes from the intent to a posted document that shows what was intended', async () => {
    const stage = current();
    const { operation, context } = stage;
    const intent = await stage.intent();
    expect(await operation.prerequisite(intent, context)).toEqual({ kind: 'read', value: { ready: true } });
    expect(await lookedUp(stage, intent)).toEqual([]);

    const { intent: done, id } = await markedDraft(stage);
    const draft = await readBack(stage, id);
    expect(draft).toMatchObject({ id, ours: true, stage: 'draft', voucherKey: done.voucherKey });
    expect(draft.amount).toEqual(done.expectation.amount);
    if (done.expectation.payee !== undefined) expect(draft.payee).toBe(done.expectation.payee);
    if (operation.createCarriesKey) expect(draft.date).toBe(done.expectation.date);

    expect(await operation.submit(id, context)).toMatchObject({ kind: 'done' });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'submitted' });
    expect(await operation.post(id, context)).toMatchObject({ kind: 'done' });
    const posted = await readBack(stage, id);
    expect(posted).toMatchObject({ stage: 'posted', voucherKey: done.voucherKey, document: draft.document });
    expect(posted.number).not.toBe('');
    expect(await lookedUp(stage, done)).toMatchObject([{ id, stage: 'posted' }]);
    expect(stage.documents()).toMatchObject([{ id, key: done.voucherKey }]);
  });

  it('says when a document was made, by a clock near ours', async () => {
    const stage = current();
    const before = stage.context.clock.now();
    const { id } = await markedDraft(stage);
    const { createdAt } = await readBack(stage, id);
    expect(createdAt).toBeGreaterThanOrEqual(before - 1000);
    expect(createdAt).toBeLessThanOrEqual(stage.context.clock.now() + 1000);
  });

  it('shows after a second create of one intent what its level promises', async () => {
    const stage = current();
    const { operation, context } = stage;
    const intent = await stage.intent();
    await operation.create(intent, context);
    const second = await operation.create(intent, context);
    const found = await lookedUp(stage, intent);
    expect(ids(found)).toEqual(ids(stage.documents()));
    if (operation.level === 'L3') {
      expect(second.kind).not.toBe('done');
      expect(found).toHaveLength(1);
    } else {
      expect(found).toHaveLength(2);
      expect(found.every(({ stage: at, ours }) => at === 'draft' && ours)).toBe(true);
    }
    if (operation.level === 'L2') expect(found.every(({ voucherKey }) => voucherKey === intent.voucherKey)).toBe(true);
  });

  it('deletes one of two drafts and leaves the other', async () => {
    const stage = current();
    const { operation, context } = stage;
    const { intent, id } = await markedDraft(stage);
    await operation.create(intent, context);
    const other = (await lookedUp(stage, intent)).find((document) => document.id !== id)?.id ?? '';
    const kept = stage.documents().find((document) => document.id === id);
    expect(await operation.void(other, context)).toMatchObject({ kind: 'done' });
    expect(await operation.read(other, context)).toEqual({ kind: 'absent' });
    expect(stage.documents()).toEqual([kept]);
  });

  it('finds what was made for other intents for them only', async () => {
    const stage = current();
    const one = await markedDraft(stage);
    const other = await markedDraft(stage);
    expect(ids(await lookedUp(stage, one.intent))).toEqual([one.id]);
    expect(ids(await lookedUp(stage, other.intent))).toEqual([other.id]);
  });
}
