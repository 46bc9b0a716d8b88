import type { CallContext, ResolvedConnection } from '@voucherline/connector-kit';
import { leaseOn } from '@voucherline/connector-kit/conformance';
import { rawContent } from '@voucherline/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionFixture, resolvedFixture, SECRETS } from '../fixtures/connection.js';
import { type DingtalkScene, dingtalkScene, PAYMENT_FORM } from '../fixtures/scene.js';
import { approvalKey, instanceIdOf } from '../pure/approval-key.js';
import { dingtalkSource } from '../pure/index.js';
import { dingtalkCalls } from './index.js';

const CORP = 'dingcorp0001';
let scene: DingtalkScene;
let lease: ReturnType<typeof leaseOn>;

function leaseWith(settings: object): CallContext {
  const content = connectionFixture({ settings: { ...resolvedFixture.content.settings, ...settings } });
  return { ...lease, connection: { content, secrets: SECRETS } };
}

const submit = async (processCode: string) =>
  approvalKey(CORP, String((await scene.control('POST', '/instances', { processCode, form: PAYMENT_FORM })).id));

async function observed(document: string, context: CallContext, form?: string) {
  const read = await dingtalkCalls.fetch(document, context, form);
  if (read.kind !== 'read') throw new Error(JSON.stringify(read));
  return { ...read.value, seen: dingtalkSource.normalise(rawContent(read.value.content), context.connection.content) };
}

const countOf = async (operation: string) => {
  const { calls } = await scene.control<{ calls: Record<string, number> }>('GET', '/stats');
  return calls[operation] ?? 0;
};

beforeEach(async () => {
  scene = await dingtalkScene();
  lease = leaseOn(scene.baseUrl, resolvedFixture);
});
afterEach(async () => {
  await lease.http.close();
  await scene.close();
});

describe('the form of an instance', () => {
  it('is the only one of the connection, or what the hint or the listing said', async () => {
    const document = await submit('PROC-PAY');
    expect((await observed(document, lease)).seen.form).toBe('PROC-PAY');
    const several = leaseWith({ processCodes: ['PROC-EXPENSE', 'PROC-PAY'] });
    expect((await observed(document, several, 'PROC-PAY')).seen.form).toBe('PROC-PAY');
    expect(await countOf('listids')).toBe(0);
  });

  it.each([undefined, 'PROC-LEAVE'])('that is %s is refused before any call, not guessed', async (form) => {
    const document = await submit('PROC-PAY');
    const context = leaseWith({ processCodes: ['PROC-EXPENSE', 'PROC-PAY'] });
    const outcome = await dingtalkCalls.fetch(document, context, form);
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'form-unknown' });
    expect(await countOf('get')).toBe(0);
  });
});

describe('a revocation', () => {
  it('is collected under the instance that it revokes, in whatever state', async () => {
    const main = await submit('PROC-PAY');
    await scene.approve(main);
    const { id } = await scene.control('POST', `/instances/${instanceIdOf(main, CORP)}/revoke`, { approve: false });
    const revocation = approvalKey(CORP, String(id));
    const open = await observed(revocation, lease);
    expect([open.subject, open.ended, open.seen.revokes, open.seen.status]).toEqual([main, false, main, 'open']);
    await scene.approve(revocation);
    expect((await observed(revocation, lease)).seen).toMatchObject({ revokes: main, status: 'approved' });
    expect((await observed(main, lease)).subject).toBe(main);
  });
});

describe('an amendment', () => {
  it('changes the fingerprint and the fields', async () => {
    const document = await submit('PROC-PAY');
    await scene.approve(document);
    const before = await observed(document, lease);
    const change = { form: [{ name: '付款金额', value: '99.00' }] };
    await scene.control('POST', `/instances/${instanceIdOf(document, CORP)}/amend`, change);
    const after = await observed(document, lease);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(after.seen.fields).toContainEqual(expect.objectContaining({ name: '付款金额', value: '99.00' }));
  });
});

describe('the answers of the vendor', () => {
  it.each([
    ['sub:90018', 'throttled'],
    ['code:90002', 'throttled'],
    ['sub:90020', 'throttled'],
    ['blocked', 'throttled'],
    ['code:-1', 'unavailable'],
    ['sub:60011', 'rejected'],
    ['code:60020', 'rejected'],
    ['code:12345', 'rejected'],
    ['code:400002', 'absent'],
    ['code:820005', 'absent'],
  ])('%s to a read are "%s"', async (kind, outcome) => {
    const document = await submit('PROC-PAY');
    await scene.control('POST', '/faults', { kind, operation: 'get', times: 1 });
    expect((await dingtalkCalls.fetch(document, lease)).kind).toBe(outcome);
  });

  it.each([
    ['sub:90018', 'throttled'],
    ['blocked', 'throttled'],
    ['code:-1', 'inDoubt'],
    ['code:12345', 'inDoubt'],
    ['code:33012', 'rejected'],
    ['code:820005', 'rejected'],
  ])('%s to a note are "%s"', async (kind, outcome) => {
    const document = await submit('PROC-PAY');
    await scene.control('POST', '/faults', { kind, operation: 'comment', times: 1 });
    expect(await dingtalkCalls.addNote({ document, key: 'k', text: 'x' }, lease)).toMatchObject({ kind: outcome });
  });

  it('that refuse the second token too are a refusal, after two calls', async () => {
    const document = await submit('PROC-PAY');
    await scene.control('POST', '/faults', { kind: 'sub:40014', operation: 'get' });
    const outcome = await dingtalkCalls.fetch(document, lease);
    expect(outcome).toMatchObject({ kind: 'rejected', code: '40014', owner: 'administrator' });
    expect([await countOf('get'), await countOf('gettoken')]).toEqual([2, 2]);
  });

  it('to wrong credentials say so, to a probe as to a call', async () => {
    const secrets = { ...SECRETS, appSecret: { current: 'wrongSecret' } };
    const connection: ResolvedConnection = { content: resolvedFixture.content, secrets };
    const context = { ...lease, connection };
    const refusal = { kind: 'rejected', code: '40096', owner: 'administrator' };
    expect(await dingtalkCalls.probe(context)).toMatchObject(refusal);
    expect(await dingtalkCalls.fetch(await submit('PROC-PAY'), context)).toMatchObject(refusal);
    expect(await countOf('get')).toBe(0);
  });
});

describe('a note', () => {
  it('without a user to write it is refused before any call', async () => {
    const document = await submit('PROC-PAY');
    const context = leaseWith({ commentUserId: undefined });
    expect(await dingtalkCalls.addNote({ document, key: 'k', text: 'x' }, context)).toMatchObject({
      kind: 'rejected',
      code: 'comment-user-missing',
    });
    expect(await countOf('comment')).toBe(0);
  });

  it('is written in the name of the user, its key at the end', async () => {
    const document = await submit('PROC-PAY');
    await dingtalkCalls.addNote({ document, key: 'd61c', text: '付款单 FKD001' }, lease);
    const comments = await scene.control('GET', `/instances/${instanceIdOf(document, CORP)}/comments`);
    expect(comments).toMatchObject([{ userId: 'finance01', text: '付款单 FKD001 [VL-d61c]' }]);
  });
});

describe('a document key of another account or kind', () => {
  it.each(['dingtalk/dingcorp0002/approval/x', 'kingdee/dingcorp0001/approval/x', 'dingtalk/dingcorp0001/sweep/x'])(
    '%s is not asked for',
    async (key) => {
      await expect(dingtalkCalls.fetch(key, lease)).rejects.toThrow(/names no approval instance of dingcorp0001/);
    },
  );
});
