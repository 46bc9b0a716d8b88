import { afterEach, describe, expect, it } from 'vitest';
import { book, call, start, status, stop } from './testing/client.js';

afterEach(stop);

const line = (fields: object) => ({ FEXPLANATION: '报销 BX-1', FACCOUNTID: { FNumber: '2241' }, ...fields });
const dollars = { FCURRENCYID: { FNumber: 'PRE007' }, FEXCHANGERATE: '7.12', FAMOUNTFOR: '33.33' };
const save = (...lines: object[]) => {
  const head = { FAccountBookID: { FNumber: '001' }, FDate: '2024-03-31', FVOUCHERGROUPID: { FNumber: 'PRE001' } };
  return call('Save', { formid: 'GL_VOUCHER', data: { Model: { ...head, FEntity: lines.map(line) } } });
};
const lines = () => book().flatMap(({ entries }) => (entries as { FEntity: { fields: object }[] }).FEntity);

describe('amounts of a voucher line', () => {
  it('are two: in its currency, and in the book currency, as sent', async () => {
    await start();
    await save({ ...dollars, FDEBIT: '237.42' }, { FCREDIT: 237.42 });
    expect(lines().map(({ fields }) => fields)).toMatchObject([
      { FAMOUNTFOR: '33.33', FEXCHANGERATE: '7.12', FDEBIT: '237.42' },
      { FCURRENCYID: 'PRE001', FEXCHANGERATETYPE: 'HLTX01_SYS', FEXCHANGERATE: '1', FAMOUNTFOR: '237.42' },
    ]);
  });

  it('can be made of rate and amount instead', async () => {
    await start({ bookAmounts: 'computed' });
    await save({ ...dollars, FDEBIT: '237.42' }, { FCREDIT: '237.31' });
    expect(lines()[0]).toMatchObject({ fields: { FDEBIT: '237.31' } });
  });

  it.each([
    ['balance in dollars only', { ...dollars, FDEBIT: '237.31' }, { ...dollars, FCREDIT: '237.30' }, '借贷不平衡'],
    ['have no rate', { ...dollars, FEXCHANGERATE: 0, FDEBIT: '1' }, { FCREDIT: '1' }, '第1行分录，字段“汇率”是必填项'],
    ['stand on both sides', { FDEBIT: '1', FCREDIT: '1' }, { FDEBIT: '1', FCREDIT: '1' }, '不能同时录入'],
    ['are two in the book currency', { FAMOUNTFOR: '2', FDEBIT: '1' }, { FCREDIT: '1' }, '与本位币金额不一致'],
    ['have a rate in the book currency', { FEXCHANGERATE: '7', FDEBIT: '1' }, { FCREDIT: '1' }, '与本位币金额不一致'],
  ])('that %s are refused', async (_, debit, credit, words) => {
    await start();
    expect(status(await save(debit, credit))).toMatchObject({ IsSuccess: false, MsgCode: 11 });
    expect(JSON.stringify(status(await save(debit, credit)))).toContain(words);
  });
});
