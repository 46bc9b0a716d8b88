import { describe, expect, it } from 'vitest';
import type { Reversal } from '../../ports/target.js';
import type { TargetStage } from './stage.js';
import { lookedUp, markedDraft, posted, readBack, reversing, until, untilDocuments } from './steps.js';

const REFUSED = { kind: 'rejected', words: expect.stringMatching(/\S/), nextStep: expect.stringMatching(/\S/) };

/** How a posted document is taken back (`Reversal` in the port). */
export function reversalTests(kind: Reversal['kind'], current: () => TargetStage): void {
  it(`declares how it is reversed: ${kind}`, () => {
    expect(current().operation.reversal.kind).toBe(kind);
  });
  if (kind === 'entry') describe('reversed by an entry', () => entryTests(current));
  if (kind === 'undo') describe('undone', () => undoTests(current));
}

/** The same vendor, with the operation that writes the entry. */
function entryStage(stage: TargetStage): TargetStage {
  const { reversal } = stage.operation;
  if (reversal.kind !== 'entry') throw new Error(`${stage.operation.name} is not reversed by an entry`);
  return { ...stage, operation: reversal.operation };
}

function entryTests(current: () => TargetStage): void {
  it('is taken back once, whatever replies are lost on the way', async () => {
    const stage = current();
    const entries = entryStage(stage);
    const { operation, context, vendorNames } = entries;
    const { intent: original, id } = await posted(stage);
    const before = stage.documents();
    const intent = reversing(original, await readBack(stage, id));
    const lost = (name: string) => stage.fault({ kind: 'dropAfterCommit', operation: name, times: 1 });

    await lost(vendorNames.create);
    expect(await operation.create(intent, context)).toMatchObject({ kind: 'inDoubt' });
    const [entry, ...more] = await lookedUp(entries, intent);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ stage: 'draft', ours: true, ...intent.expectation, voucherKey: intent.voucherKey });
    const entryId = entry?.id ?? '';
    await lost(vendorNames.submit);
    expect(await operation.submit(entryId, context)).toMatchObject({ kind: 'inDoubt' });
    await lost(vendorNames.post);
    expect(await operation.post(entryId, context)).toMatchObject({ kind: 'inDoubt' });

    expect(await readBack(entries, entryId)).toMatchObject({ stage: 'posted', amount: intent.expectation.amount });
    expect(await lookedUp(entries, intent)).toMatchObject([{ id: entryId }]);
    expect(await lookedUp(stage, original)).toMatchObject([{ id }]);
    expect(stage.documents()).toHaveLength(2);
    expect(stage.documents()).toEqual(expect.arrayContaining([...before]));
  });

  it('finds an entry that is made late', async () => {
    const stage = current();
    const entries = entryStage(stage);
    const { intent: original, id } = await posted(stage);
    const intent = reversing(original, await readBack(stage, id));
    await stage.fault({ kind: 'executeLate', delayMs: 150, operation: entries.vendorNames.create, times: 1 });
    expect(await entries.operation.create(intent, entries.context)).toMatchObject({ kind: 'inDoubt' });
    expect(await lookedUp(entries, intent)).toEqual([]);
    await untilDocuments(stage, 2);
    expect(await lookedUp(entries, intent)).toHaveLength(1);
  });

  it('makes no entry for what is not posted, or not there', async () => {
    const stage = current();
    const { operation, context } = entryStage(stage);
    const { intent: original, id } = await markedDraft(stage);
    const intent = reversing(original, await readBack(stage, id));
    expect(await operation.create(intent, context)).toMatchObject(REFUSED);
    await stage.operation.void(id, context);
    expect(await operation.create(intent, context)).toMatchObject(REFUSED);
    expect(stage.documents()).toEqual([]);
  });
}

function undoTests(current: () => TargetStage): void {
  const unposting = () => {
    const stage = current();
    const { context, operation, vendorNames } = stage;
    const { reversal } = operation;
    if (reversal.kind !== 'undo') throw new Error(`${operation.name} is not undone`);
    if (vendorNames.unpost === undefined) throw new Error(`${operation.name}: name what the vendor calls its undoing`);
    return {
      stage,
      unpost: (id: string, from: 'submitted' | 'posted' = 'posted') => reversal.unpost(id, from, context),
      name: vendorNames.unpost,
    };
  };

  it('is a draft again, and gone when that is deleted; a second time of either does no harm', async () => {
    const { stage, unpost } = unposting();
    const { id } = await posted(stage);
    expect(await unpost(id)).toMatchObject({ kind: 'done' });
    const draft = await readBack(stage, id);
    expect(draft).toMatchObject({ stage: 'draft' });
    expect(await unpost(id)).toMatchObject(REFUSED);
    expect(await readBack(stage, id)).toEqual(draft);
    expect(await stage.operation.void(id, stage.context)).toMatchObject({ kind: 'done' });
    expect(await stage.operation.void(id, stage.context)).toMatchObject(REFUSED);
    expect(await unpost(id)).toMatchObject(REFUSED);
    expect(await stage.operation.read(id, stage.context)).toEqual({ kind: 'absent' });
    expect(stage.documents()).toEqual([]);
  });

  it('shows by its state what became of steps whose replies were lost', async () => {
    const { stage, unpost, name } = unposting();
    const { id } = await posted(stage);
    await stage.fault({ kind: 'dropAfterCommit', operation: name, times: 1 });
    expect(await unpost(id)).toMatchObject({ kind: 'inDoubt' });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'draft' });
    await stage.fault({ kind: 'dropAfterCommit', operation: stage.vendorNames.void, times: 1 });
    expect(await stage.operation.void(id, stage.context)).toMatchObject({ kind: 'inDoubt' });
    expect(await stage.operation.read(id, stage.context)).toEqual({ kind: 'absent' });
  });

  it('takes no harm from steps that are executed late, after they were sent again', async () => {
    const { stage, unpost, name } = unposting();
    const { id } = await posted(stage);
    const late = (operation: string) => stage.fault({ kind: 'executeLate', delayMs: 150, operation, times: 1 });
    await late(name);
    expect(await unpost(id)).toMatchObject({ kind: 'inDoubt' });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'posted' });
    expect(await unpost(id)).toMatchObject({ kind: 'done' });
    await late(stage.vendorNames.void);
    expect(await stage.operation.void(id, stage.context)).toMatchObject({ kind: 'inDoubt' });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'draft' });
    await until(async () => stage.documents().length === 0 || undefined, Number.POSITIVE_INFINITY);
    expect(await stage.operation.read(id, stage.context)).toEqual({ kind: 'absent' });
  });

  it('takes back what was submitted again, and by a late recall of that nothing that was posted meanwhile', async () => {
    const { stage, unpost } = unposting();
    const { id } = await posted(stage);
    expect(await unpost(id, 'submitted')).toMatchObject(REFUSED);
    expect(await readBack(stage, id)).toMatchObject({ stage: 'posted' });
    await unpost(id);
    await stage.operation.submit(id, stage.context);
    expect(await unpost(id)).toMatchObject(REFUSED);
    expect(await unpost(id, 'submitted')).toMatchObject({ kind: 'done' });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'draft' });
  });

  it('stays posted where the vendor refuses', async () => {
    const { stage, unpost, name } = unposting();
    const { id } = await posted(stage);
    await stage.fault({ kind: 'refuse', operation: name });
    expect(await unpost(id)).toMatchObject(REFUSED);
    expect(await readBack(stage, id)).toMatchObject({ stage: 'posted' });
  });
}
