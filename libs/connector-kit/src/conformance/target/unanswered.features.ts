import { expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/index.js';
import type { TargetStage } from './stage.js';
import { ids, lookedUp, markedDraft, readBack, untilDocuments } from './steps.js';

/** Answers that say nothing, after the vendor did what was asked. */
const AFTER: readonly FaultRule[] = [
  { kind: 'dropAfterCommit' },
  { kind: 'truncate' },
  { kind: 'html', executed: true },
  { kind: 'http500', executed: true },
];

/** Answers that say nothing, and nothing was done. */
const INSTEAD: readonly FaultRule[] = [{ kind: 'html' }, { kind: 'http500' }, { kind: 'down' }];

const named = (rule: FaultRule): [string, FaultRule] => [rule.kind, rule];

/** Writes whose outcome is not known, and reads that got no answer (failure-modes.md F1, F2, F23). */
export function unansweredTests(current: () => TargetStage): void {
  it.each(AFTER.map(named))('is in doubt about a create that was done: %s', async (_, rule) => {
    const stage = current();
    const { operation, context, vendorNames } = stage;
    const intent = await stage.intent();
    await stage.fault({ ...rule, operation: vendorNames.create, times: 1 });
    expect(await operation.create(intent, context)).toMatchObject({ kind: 'inDoubt' });
    expect(stage.documents()).toHaveLength(1);
    expect((await stage.counts())[vendorNames.create]).toBe(1);
    expect(ids(await lookedUp(stage, intent))).toEqual(ids(stage.documents()));
  });

  it.each(INSTEAD.map(named))('is in doubt about a create that was not done: %s', async (_, rule) => {
    const stage = current();
    const intent = await stage.intent();
    await stage.fault({ ...rule, operation: stage.vendorNames.create });
    expect(await stage.operation.create(intent, stage.context)).toMatchObject({ kind: 'inDoubt' });
    expect((await stage.counts())[stage.vendorNames.create]).toBe(1);
    await stage.clearFaults();
    expect(await lookedUp(stage, intent)).toEqual([]);
  });

  it('is in doubt about a create that is executed late, and finds it then', async () => {
    const stage = current();
    const intent = await stage.intent();
    await stage.fault({ kind: 'executeLate', delayMs: 150, operation: stage.vendorNames.create, times: 1 });
    expect(await stage.operation.create(intent, stage.context)).toMatchObject({ kind: 'inDoubt' });
    expect(await lookedUp(stage, intent)).toEqual([]);
    await untilDocuments(stage, 1);
    expect(ids(await lookedUp(stage, intent))).toEqual(ids(stage.documents()));
  });

  it.each(AFTER.map(named))('is in doubt about a step that was done; the document shows it: %s', async (_, rule) => {
    const stage = current();
    const { operation, context, vendorNames } = stage;
    const { id } = await markedDraft(stage);
    await stage.fault({ ...rule, operation: vendorNames.submit, times: 1 });
    expect(await operation.submit(id, context)).toMatchObject({ kind: 'inDoubt' });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'submitted' });
    await stage.fault({ ...rule, operation: vendorNames.post, times: 1 });
    expect(await operation.post(id, context)).toMatchObject({ kind: 'inDoubt' });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'posted' });
  });

  it.each([...INSTEAD, { kind: 'truncate' }].map(named))(
    'has no answer to a read, and nothing else: %s',
    async (_, rule) => {
      const stage = current();
      const { operation, context } = stage;
      const { intent, id } = await markedDraft(stage);
      await stage.fault({ ...rule, operation: stage.vendorNames.query });
      expect(await operation.lookup(intent, context)).toMatchObject({ kind: 'unavailable' });
      expect(await operation.read(id, context)).toMatchObject({ kind: 'unavailable' });
      expect(await stage.calls.probe(context)).toMatchObject({ kind: 'unavailable' });
      await stage.clearFaults();
      expect(await lookedUp(stage, intent)).toMatchObject([{ id }]);
    },
  );
}
