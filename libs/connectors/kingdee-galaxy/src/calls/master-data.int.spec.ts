import type { MasterDataRow, ReadOutcome } from '@voucherline/connector-kit';
import { describeMasterData } from '@voucherline/connector-kit/conformance';
import { rawContent } from '@voucherline/contracts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FORM_OF } from '../pure/base-data.js';
import { kingdeeGalaxyMasterData } from '../pure/index.js';
import type { KingdeeKind } from '../pure/master-data-kinds.js';
import type { BaseRow } from '../sandbox/base-data.js';
import { kingdeeGalaxyMasterDataCalls } from './index.js';
import { type Family, type KingdeeStage, startStage } from './testing/stage.js';

const formOf = (kind: string) => FORM_OF[kind as KingdeeKind];
const rowsIn = (stage: KingdeeStage, kind: string) =>
  stage.control(`/base-data?form=${formOf(kind)}`, undefined, 'GET') as Promise<readonly BaseRow[]>;
const isUsable = ({ forbidden, audited }: BaseRow) => forbidden !== true && audited !== false;

for (const family of ['signature', 'session'] satisfies Family[]) {
  describeMasterData(`kingdee-galaxy, by ${family}`, {
    calls: kingdeeGalaxyMasterDataCalls,
    pure: kingdeeGalaxyMasterData,
    operations: Object.fromEntries(Object.keys(FORM_OF).map((kind) => [kind, 'ExecuteBillQuery'])),
    start: async () => {
      const stage = await startStage('save-gl-voucher', family);
      return {
        context: stage.context,
        control: (method, path, body) => stage.control(path, body, method),
        codes: async (kind) => (await rowsIn(stage, kind)).filter(isUsable).map(({ number }) => number),
        fill: async (kind) => {
          const dimensions =
            kind === 'accounts' ? { dimensions: ['FFLEX5'], optionalDimensions: ['FFLEX9', 'FFLEX4'] } : {};
          const rows = Array.from({ length: 1100 }, (_, n) => ({ number: `X${n}`, name: `第${n}`, ...dimensions }));
          await stage.control('/base-data', { form: formOf(kind), rows });
        },
        rename: async (kind, code) => {
          const row = (await rowsIn(stage, kind)).find(({ number }) => number === code);
          await stage.control('/base-data', { form: formOf(kind), ...row, name: '改名' });
        },
        close: () => stage.close(),
      };
    },
  });
}

describe('base data', () => {
  const open = async (...given: Parameters<typeof startStage>) => {
    const stage = await startStage(...given);
    onTestFinished(() => stage.close());
    return stage;
  };
  const pull = async (stage: KingdeeStage, kind: string, between: () => Promise<unknown> = async () => {}) => {
    const rows: MasterDataRow[] = [];
    let cursor: string | undefined;
    do {
      const outcome = await kingdeeGalaxyMasterDataCalls.pullPage(kind, cursor, stage.context);
      if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome));
      rows.push(...outcome.value.rows);
      cursor = outcome.value.next;
      await between();
    } while (cursor !== undefined);
    return rows.map(({ content }) => kingdeeGalaxyMasterData.entry(kind, rawContent(content)).attributes);
  };

  it('of accounts say which dimensions must be given', async () => {
    const accounts = await pull(await open('save-gl-voucher', 'signature'), 'accounts');
    expect(accounts).toContainEqual({ code: '6601', name: '销售费用' });
    expect(accounts).toContainEqual({ code: '6602.01', name: '管理费用-差旅费', requiredDimensions: 'FFLEX5' });
    expect(accounts).toContainEqual({ code: '6602.02', name: '管理费用-办公费', requiredDimensions: 'FFLEX5,FFLEX9' });
  });

  it('that is forbidden or not audited is not shown', async () => {
    const stage = await open('save-gl-voucher', 'signature');
    const shown = (await pull(stage, 'departments')).map(({ code }) => code);
    const unusable = (await rowsIn(stage, 'departments')).filter((row) => !isUsable(row)).map(({ number }) => number);
    expect(unusable).toEqual(['BM08', 'BM09']);
    expect(shown.filter((code) => unusable.includes(code ?? ''))).toEqual([]);
    await stage.control('/base-data', { form: 'BD_Department', number: 'BM09', name: '又启用的部门' });
    expect((await pull(stage, 'departments')).map(({ code }) => code)).toEqual([...shown, 'BM09']);
  });

  it('keeps the dimensions of an account together that stands where a page ends', async () => {
    const stage = await open('save-gl-voucher', 'signature');
    const many = Array.from({ length: 400 }, (_, n) => ({
      ...{ number: `7${String(n).padStart(3, '0')}`, name: '很多' },
      dimensions: ['FFLEX5', 'FFLEX9', 'FFLEX12'],
    }));
    await stage.control('/base-data', { form: 'BD_Account', rows: many });
    const accounts = (await pull(stage, 'accounts')).filter(({ name }) => name === '很多');
    expect(accounts).toHaveLength(400);
    expect(new Set(accounts.map(({ requiredDimensions }) => requiredDimensions))).toEqual(
      new Set(['FFLEX5,FFLEX9,FFLEX12']),
    );
  });

  it('goes on when the session is lost between two pages', async () => {
    const stage = await open('save-gl-voucher', 'session');
    const rows = Array.from({ length: 1100 }, (_, n) => ({ number: `X${n}`, name: 'x' }));
    const before = (await pull(stage, 'suppliers')).length;
    const logins = (await stage.counts()).LoginBySign ?? 0;
    await stage.control('/base-data', { form: 'BD_Supplier', rows });
    expect(await pull(stage, 'suppliers', () => stage.control('/sessions/expire', {}))).toHaveLength(before + 1100);
    expect((await stage.counts()).LoginBySign).toBe(logins + 2);
  });

  const refused: readonly [
    string,
    Record<string, unknown>,
    Partial<Extract<ReadOutcome<never>, { kind: 'rejected' }>>,
  ][] = [
    ['may not be queried', { kind: 'msgCode2' }, { code: 'MsgCode 2', owner: 'administrator' }],
    ['is of a form that does not exist', { kind: 'none' }, { owner: 'administrator', words: '业务对象不存在' }],
  ];
  it.each(refused)('that %s is refused, though the answer has the shape of rows', async (_what, fault, expected) => {
    const stage = await open(
      'save-gl-voucher',
      'signature',
      fault.kind === 'none' ? { sandbox: { baseData: {} } } : {},
    );
    if (fault.kind !== 'none') await stage.control('/faults', fault);
    const outcome = await kingdeeGalaxyMasterDataCalls.pullPage('accounts', undefined, stage.context);
    expect(outcome).toMatchObject({ kind: 'rejected', ...expected });
  });
});
