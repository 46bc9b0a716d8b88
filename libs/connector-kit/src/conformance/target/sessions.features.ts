import { expect, it } from 'vitest';
import type { TargetStage } from './stage.js';
import { lookedUp, markedDraft, readBack } from './steps.js';

/** Sessions that the vendor forgets (failure-modes.md F18). */
export function sessionTests(current: () => TargetStage): void {
  const sessions = () => {
    const { sessions: declared } = current();
    if (declared === undefined)
      throw new Error('these stages log in: name the login and the fault that loses sessions');
    return declared;
  };
  const logins = async () => (await current().counts())[sessions().login] ?? 0;

  it('are opened once for callers at one time', async () => {
    const stage = current();
    const intent = await stage.intent();
    await Promise.all([1, 2, 3, 4].map(() => lookedUp(stage, intent)));
    expect(await logins()).toBe(1);
  });

  it('are opened anew once when a read finds them lost', async () => {
    const stage = current();
    const { intent, id } = await markedDraft(stage);
    await stage.fault({ ...sessions().lost, operation: stage.vendorNames.query, times: 1 });
    expect(await lookedUp(stage, intent)).toMatchObject([{ id }]);
    expect(await logins()).toBe(2);
  });

  it('that are lost at every call end in a refusal, not in a loop', async () => {
    const stage = current();
    const intent = await stage.intent();
    await lookedUp(stage, intent);
    await stage.fault({ ...sessions().lost, operation: stage.vendorNames.query });
    expect(await stage.operation.lookup(intent, stage.context)).toMatchObject({
      kind: 'rejected',
      owner: 'administrator',
    });
    expect(await logins()).toBe(2);
  });

  it.each([false, true])('lost at a create never send it twice (executed: %s)', async (executed) => {
    const stage = current();
    const { operation, context, vendorNames } = stage;
    const intent = await stage.intent();
    await stage.fault({ ...sessions().lost, operation: vendorNames.create, times: 1, executed });
    expect(await operation.create(intent, context)).toMatchObject({ kind: 'inDoubt' });
    expect((await stage.counts())[vendorNames.create]).toBe(1);
    expect(await lookedUp(stage, intent)).toHaveLength(executed ? 1 : 0);
    expect(await logins()).toBe(2);
  });

  it.each([false, true])(
    'lost at a step: it is sent once more, which does no harm (executed: %s)',
    async (executed) => {
      const stage = current();
      const { operation, context, vendorNames } = stage;
      const { id } = await markedDraft(stage);
      await stage.fault({ ...sessions().lost, operation: vendorNames.submit, times: 1, executed });
      expect(await operation.submit(id, context)).toMatchObject({ kind: executed ? 'rejected' : 'done' });
      expect((await stage.counts())[vendorNames.submit]).toBe(2);
      expect(await readBack(stage, id)).toMatchObject({ stage: 'submitted' });
    },
  );
}
