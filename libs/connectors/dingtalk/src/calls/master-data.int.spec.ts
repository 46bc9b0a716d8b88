import type { CallContext, MasterDataRow } from '@voucherline/connector-kit';
import { describeMasterData, leaseOn } from '@voucherline/connector-kit/conformance';
import { rawContent } from '@voucherline/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvedFixture } from '../fixtures/connection.js';
import { type DingtalkScene, dingtalkScene } from '../fixtures/scene.js';
import { dingtalkMasterData } from '../pure/index.js';
import type { Department, User } from '../sandbox/contacts/contacts.js';
import { dingtalkMasterDataCalls } from './index.js';

interface Company {
  readonly departments: readonly Department[];
  readonly users: readonly User[];
}

const companyOf = (scene: DingtalkScene) => scene.control<Company & Record<string, unknown>>('GET', '/contacts');

describeMasterData('DingTalk', {
  calls: dingtalkMasterDataCalls,
  pure: dingtalkMasterData,
  operations: { departments: 'department', users: 'listsub' },
  start: async () => {
    const scene = await dingtalkScene();
    const context = leaseOn(scene.baseUrl, resolvedFixture);
    const isUsers = (kind: string) => kind === 'users';
    return {
      context,
      control: scene.control,
      codes: async (kind) => {
        const { departments, users } = await companyOf(scene);
        return isUsers(kind)
          ? users.map(({ userid }) => userid)
          : departments.map(({ id }) => (id === 1 ? '-1' : `${id}`));
      },
      fill: async (kind) => {
        const { departments, users } = await companyOf(scene);
        const more = Array.from({ length: 230 }, (_, n) => n);
        const grown = isUsers(kind)
          ? {
              users: [
                ...users,
                ...more.map((n) => ({ userid: `many${n}`, name: `员工${n}`, departments: [102, 103] })),
              ],
            }
          : { departments: [...departments, ...more.map((n) => ({ id: 2000 + n, name: `部门${n}`, parent: 10301 }))] };
        await scene.control('POST', '/contacts', grown);
      },
      rename: async (kind, code) => {
        const { departments, users } = await companyOf(scene);
        const renamed = isUsers(kind)
          ? { users: users.map((user) => (user.userid === code ? { ...user, name: '改名' } : user)) }
          : { departments: departments.map((one) => (`${one.id}` === code ? { ...one, name: '改名' } : one)) };
        await scene.control('POST', '/contacts', renamed);
      },
      close: async () => {
        await context.http.close();
        await scene.close();
      },
    };
  },
});

describe('the contacts', () => {
  let scene: DingtalkScene;
  let context: CallContext & { readonly http: { close(): Promise<void> } };
  const pull = async (kind: string, between: () => Promise<unknown> = async () => {}) => {
    const rows: MasterDataRow[] = [];
    let cursor: string | undefined;
    do {
      const outcome = await dingtalkMasterDataCalls.pullPage(kind, cursor, context);
      if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome));
      rows.push(...outcome.value.rows);
      cursor = outcome.value.next;
      await between();
    } while (cursor !== undefined);
    return rows;
  };
  const attributesOf = async (kind: string) =>
    (await pull(kind)).map(({ content }) => dingtalkMasterData.entry(kind, rawContent(content)).attributes);
  const open = async (settings: Readonly<Record<string, unknown>> = {}) => {
    scene = await dingtalkScene(settings);
    context = leaseOn(scene.baseUrl, resolvedFixture);
  };

  beforeEach(() => open());
  afterEach(async () => {
    await context.http.close();
    await scene.close();
  });

  it('show the whole tree of departments, the root as approvals call it', async () => {
    expect(await attributesOf('departments')).toEqual([
      { code: '-1', name: '样例公司' },
      { code: '101', name: '财务部', parent: '-1' },
      { code: '102', name: '销售部', parent: '-1' },
      { code: '103', name: '研发部', parent: '-1' },
      { code: '10301', name: '平台组', parent: '103' },
    ]);
  });

  it('show users with their first department, without mobile number and mail', async () => {
    const rows = await pull('users');
    expect(rows.map(({ content }) => content.toString()).join()).not.toMatch(/1390000|@/);
    expect(await attributesOf('users')).toContainEqual({
      ...{ code: 'manager01', name: '李经理', department: '102', title: '部门经理', jobNumber: 'E002' },
    });
    // Of two departments, and both show the same.
    const shown = rows.filter(({ code }) => code === 'manager01').map(({ fingerprint }) => fingerprint);
    expect([shown.length, new Set(shown).size]).toEqual([2, 1]);
  });

  it.each(['departments', 'users'])(
    'of which a department is deleted while %s are pulled are read on',
    async (kind) => {
      const { departments } = await companyOf(scene);
      let pages = 0;
      const rows = await pull(kind, async () => {
        pages += 1;
        if (pages === 2)
          await scene.control('POST', '/contacts', { departments: departments.filter(({ id }) => id !== 102) });
      });
      expect(rows.map(({ code }) => code)).toContain(kind === 'users' ? 'user02' : '10301');
    },
  );

  it.each([
    ['are outside the app scope', { contactScope: [101] }, '50004'],
    ['may not be read', { faults: [{ kind: 'sub:60011' }] }, '60011'],
  ])('that %s are refused, and the administrator is told what to grant', async (_what, settings, code) => {
    await context.http.close();
    await scene.close();
    // The token itself is granted.
    const { faults = [], ...others } = settings as { faults?: object[] };
    await open({ ...others, faults: faults.map((rule) => ({ ...rule, operation: 'department' })) });
    expect(await dingtalkMasterDataCalls.pullPage('departments', undefined, context)).toMatchObject({
      ...{ kind: 'rejected', code, owner: 'administrator' },
    });
  });

  it('that can not be understood are refused, and the connection is not thought of as down', async () => {
    await scene.control('POST', '/contacts', { users: [{ userid: '', name: '无', departments: [1] }] });
    const outcome = await dingtalkMasterDataCalls.pullPage('users', '{"departments":["1"],"members":0}', context);
    expect(outcome).toMatchObject({
      kind: 'rejected',
      code: 'unreadable',
      owner: 'operations',
      words: 'userid: is missing',
    });
  });

  it('cost nothing of the month', async () => {
    await context.http.close();
    await scene.close();
    await open({ callsPerMonth: 1 });
    expect((await pull('users')).length).toBeGreaterThan(5);
  });
});
