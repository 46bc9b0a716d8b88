import { expect, it } from 'vitest';
import type { TargetStage } from './stage.js';
import { ids, markedDraft, readBack } from './steps.js';

const REFUSED = {
  kind: 'rejected',
  code: expect.stringMatching(/\S/),
  words: expect.stringMatching(/\S/),
  owner: expect.stringMatching(/^(finance|administrator|operations)$/),
  nextStep: expect.stringMatching(/\S/),
};

/** What the vendor definitely does not do. */
export function refusalTests(current: () => TargetStage): void {
  it('reports a refused create with code, words, owner and next step, and nothing was made', async () => {
    const stage = current();
    const intent = await stage.intent();
    await stage.fault({ kind: 'refuse', operation: stage.vendorNames.create });
    expect(await stage.operation.create(intent, stage.context)).toMatchObject(REFUSED);
    expect(stage.documents()).toEqual([]);
  });

  it('takes the documented gate for "later"', async () => {
    const stage = current();
    const intent = await stage.intent();
    await stage.fault({ kind: 'throttle' });
    const throttled = { kind: 'throttled', afterMs: expect.any(Number) };
    expect(await stage.operation.create(intent, stage.context)).toMatchObject(throttled);
    expect(await stage.operation.lookup(intent, stage.context)).toMatchObject(throttled);
    expect(stage.documents()).toEqual([]);
  });

  it('reports a request that never left as not sent', async () => {
    const stage = current();
    const intent = await stage.intent();
    await stage.stopVendor();
    expect(await stage.operation.create(intent, stage.context)).toMatchObject({ kind: 'notSent' });
    expect(await stage.operation.lookup(intent, stage.context)).toMatchObject({ kind: 'unavailable' });
  });

  it('refuses steps that do not fit the state; the document tells where it stands', async () => {
    const stage = current();
    const { operation, context } = stage;
    const { id } = await markedDraft(stage);
    expect(await operation.post(id, context)).toMatchObject(REFUSED);
    expect(await readBack(stage, id)).toMatchObject({ stage: 'draft' });
    await operation.submit(id, context);
    expect(await operation.submit(id, context)).toMatchObject(REFUSED);
    expect(await operation.void(id, context)).toMatchObject(REFUSED);
    await operation.post(id, context);
    expect(await operation.post(id, context)).toMatchObject(REFUSED);
    expect(await operation.void(id, context)).toMatchObject(REFUSED);
    expect(await readBack(stage, id)).toMatchObject({ stage: 'posted' });
  });

  it('refuses a document that is not there', async () => {
    const stage = current();
    const { operation, context } = stage;
    const { id } = await markedDraft(stage);
    await operation.void(id, context);
    for (const step of ['submit', 'post', 'void'] as const) {
      expect(await operation[step](id, context)).toMatchObject(REFUSED);
    }
    expect(await operation.read(id, context)).toEqual({ kind: 'absent' });
  });

  it('finds fault with every payload that names an existing document', async () => {
    const stage = current();
    const { payload } = await stage.intent();
    const { settings } = stage.context.connection.content;
    expect(stage.operation.checkPayload(payload, settings)).toEqual([]);
    for (const trespassing of stage.trespassing(payload, '100001')) {
      expect(stage.operation.checkPayload(trespassing, settings)).not.toEqual([]);
    }
  });

  it('leaves other documents as they are, byte for byte, even when such a payload was not checked', async () => {
    const stage = current();
    const { id } = await markedDraft(stage);
    const before = stage.documents();
    const intent = await stage.intent();
    const trespassing = stage.trespassing(intent.payload, id);
    for (const payload of trespassing) await stage.operation.create({ ...intent, payload }, stage.context);
    expect(trespassing.length).toBeGreaterThan(0);
    expect(stage.documents().filter((document) => ids(before).includes(document.id))).toEqual(before);
  });
}
