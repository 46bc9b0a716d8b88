import { expect, it } from 'vitest';
import type { TargetStage } from './stage.js';
import { lookedUp, markedDraft, readBack, untilDocuments } from './steps.js';

/** Generations of one voucher (failure-modes.md §2.2, 7). */
export function generationTests(current: () => TargetStage): void {
  it('tells generations apart: a create of the first, executed late, never looks like the second', async () => {
    const stage = current();
    const { operation, context, vendorNames } = stage;
    const first = await stage.intent();
    const { intent: second, id } = await markedDraft(stage, { ...first, generation: 2 });
    await stage.fault({ kind: 'executeLate', delayMs: 50, operation: vendorNames.create, times: 1 });
    expect(await operation.create(first, context)).toMatchObject({ kind: 'inDoubt' });
    await untilDocuments(stage, 2);

    const { voucherKey } = first;
    expect(await readBack(stage, id)).toMatchObject({ voucherKey, generation: 2 });
    const found = await lookedUp(stage, second);
    expect(found).toHaveLength(2);
    const late = found.filter((document) => document.id !== id);
    if (operation.createCarriesKey) {
      expect(late).toMatchObject([{ voucherKey, generation: 1 }]);
      expect(await lookedUp(stage, first)).toEqual(late);
    } else {
      // Nothing is written onto it before it is chosen.
      expect(late.map((document) => [document.voucherKey, document.generation])).toEqual([[undefined, undefined]]);
    }
  });
}
