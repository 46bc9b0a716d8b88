import type { TargetPure } from '@voucherline/connector-kit';
import { configurationOf, masterDataOf } from '@voucherline/pipeline';
import { describe, expect, it } from 'vitest';
import { publishedConnection } from '../fixtures/published.js';
import { pulledTables } from './pulled-tables.js';
import { checkReferences } from './references.js';

const ACCOUNTS = [{ code: '6602', dimensions: 'department' }];

/** Refuses what misses the dimensions that the account's row asks for. */
const operation: TargetPure['operations'][string] = {
  ...{ name: 'save-gl-voucher', level: 'L3', createCarriesKey: true, checkPayload: () => [] },
  checkReferences: ({ account, department }, rowOf) => {
    const needed = rowOf('accounts', String(account))?.dimensions;
    return needed === undefined || department !== undefined ? [] : [`account: ${account} needs a ${needed}`];
  },
};

const kingdee = (masterData: readonly string[]) => {
  return publishedConnection('kingdee-hq', 'kingdee-galaxy', 'acct1', 'Asia/Shanghai', { masterData });
};

/** What is found for a voucher on an account, by a target that pulls these kinds and has these tables. */
function check(payload: Readonly<Record<string, unknown>>, pulled: readonly string[], tables = {}) {
  const configuration = configurationOf([kingdee(pulled)]);
  const lookups = pulledTables({ configuration, masterData: masterDataOf(tables) });
  const target = configuration.connection('kingdee-hq')?.content;
  if (target === undefined) throw new Error('not published');
  return checkReferences(operation, { payload, accountingDate: '2026-11-30' }, target, lookups);
}

describe('references of a payload', () => {
  it('are checked against the rows of the target’s own tables', () => {
    const tables = { 'kingdee-hq/accounts': ACCOUNTS };
    expect(check({ account: '6602' }, ['accounts'], tables)).toEqual({
      kind: 'checked',
      faults: ['account: 6602 needs a department'],
    });
    expect(check({ account: '6602', department: 'D1' }, ['accounts'], tables)).toEqual({ kind: 'checked', faults: [] });
    expect(check({ account: '1002' }, ['accounts'], tables)).toEqual({ kind: 'checked', faults: [] });
  });

  it('wait for a table that is pulled and not read to its end yet', () => {
    expect(check({ account: '6602' }, ['accounts'])).toEqual({ kind: 'pending', table: 'kingdee-hq/accounts' });
  });

  it('are not checked against a table that nobody pulls, nor against another connection’s', () => {
    expect(check({ account: '6602' }, [], { 'kingdee-hq/accounts': ACCOUNTS })).toEqual({
      kind: 'checked',
      faults: [],
    });
    expect(check({ account: '6602' }, [], { 'other/accounts': ACCOUNTS })).toEqual({ kind: 'checked', faults: [] });
  });
});

describe('master data as flows look it up', () => {
  it('is on its way while its connection pulls it, and unknown otherwise; what was read counts', () => {
    const configuration = configurationOf([kingdee(['accounts'])]);
    const lookups = pulledTables({ configuration, masterData: masterDataOf({ 'kingdee-hq/banks': [{ code: 'b' }] }) });
    const kinds = ['kingdee-hq/accounts', 'kingdee-hq/banks', 'kingdee-hq/units', 'other/accounts'].map(
      (table) => lookups.find(table, [], '2026-11-30').kind,
    );
    expect(kinds).toEqual(['pending', 'rows', 'unknown', 'unknown']);
  });
});
