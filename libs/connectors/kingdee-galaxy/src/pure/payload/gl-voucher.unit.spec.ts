import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectationFaults } from './balance.js';
import { bookText, bookUnits } from './book-amount.js';
import { voucherFaults } from './gl-voucher.js';
import type { VoucherEntry } from './voucher.js';

const travel = { account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'CNY', debit: '0.30' };
const payable = { account: '2241', currency: 'CNY', credit: '0.3' };
const dollars = { account: '1002', currency: 'USD', exchangeRate: '7.1235', credit: '100.00' };
const voucher = {
  accountBook: '001',
  date: '2024-02-29',
  voucherGroup: 'PRE001',
  explanation: '报销 BX-1',
  entries: [travel, payable],
};
const faultsOf = (entries: readonly object[], bookCurrency = 'CNY') =>
  voucherFaults({ ...voucher, entries }, bookCurrency);

describe('the payload of save-gl-voucher', () => {
  it('balances in cents, whatever floats would say', () => {
    const tenths = { ...travel, debit: '0.1' };
    expect(faultsOf([travel, payable])).toEqual([]);
    expect(faultsOf([tenths, { ...travel, debit: '0.2' }, payable])).toEqual([]);
    expect(faultsOf([{ ...travel, debit: '712.35' }, dollars])).toEqual([]);
  });

  it.each([
    ['a number for an amount', [{ ...travel, debit: 0.3 }, payable], /^entries\[0\].debit: must be a decimal as text/],
    ['a tenth of a cent', [{ ...travel, debit: '0.301' }, payable], /^entries\[0\]: amount 0.301 CNY has more than 2/],
    ['both sides', [{ ...travel, credit: '1' }, payable], /^entries\[0\]: give exactly one/],
    ['a zero line', [{ ...travel, debit: '0.00' }, payable], /^entries\[0\]: its amount is zero/],
    ['one line', [travel], /two lines or more/],
    ['a dimension by name', [{ ...travel, dimensions: { 部门: 'BM01' } }, payable], /部门: is no dimension/],
    ['an unknown field', [{ ...travel, memo: 'x' }, payable], /^entries\[0\].memo: is no field here/],
    ['an entry id', [{ ...travel, FEntryID: 5 }, payable], /^entries\[0\].FEntryID: names an existing/],
  ])('refuses %s, naming the field and the mend', (_, entries, words) => {
    const faults = faultsOf(entries);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });

  it.each([
    ['a day that is none', { date: '2023-02-29' }, /^date: must be a day/],
    ['a voucher id', { FVOUCHERID: 100001 }, /^FVOUCHERID: names an existing document, which Kingdee would overwrite/],
    ['an id in another spelling', { id: '5' }, /^id: names an existing document/],
    ['a switch', { ValidateFlag: 'false' }, /^ValidateFlag: is a switch of Kingdee/],
    ['a company', { FACCBOOKORGID: '100' }, /^FACCBOOKORGID: names a company/],
    ['no book', { accountBook: '' }, /^accountBook: must be a number/],
  ])('refuses %s', (_, change, words) => {
    const faults = voucherFaults({ ...voucher, ...change }, 'CNY');
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });
});

describe('a line in another currency', () => {
  it('has a rate, and is worth what that gives in the book currency, or what it says itself', () => {
    expect(bookText(bookUnits(dollars, 'CNY'), 'CNY')).toBe('712.35');
    expect(bookText(bookUnits({ ...dollars, bookAmount: '712.36' }, 'CNY'), 'CNY')).toBe('712.36');
    expect(
      faultsOf([
        { ...travel, debit: '712.36' },
        { ...dollars, bookAmount: '712.36' },
      ]),
    ).toEqual([]);
  });

  it('is rounded half away from zero, however long amount and rate are', () => {
    const worth = (credit: string, exchangeRate: string) =>
      bookText(bookUnits({ ...dollars, credit, exchangeRate }, 'CNY'), 'CNY');
    expect(worth('1.00', '7.125')).toBe('7.13');
    expect(worth('-1.00', '7.125')).toBe('-7.13');
    expect(worth('999999999999999.99', '1.0000000001')).toBe('1000000000099999.99');
    expect(worth('100000000000000.01', '7.1234567891')).toBe('712345678910000.07');
  });

  it.each([
    ['no rate', { exchangeRate: undefined }, /^entries\[1\].exchangeRate: is missing; give the CNY for one USD/],
    ['a rate of nothing', { exchangeRate: '0' }, /^entries\[1\].exchangeRate: must be a positive decimal/],
    [
      'the amount for the book amount',
      { bookAmount: '100.00' },
      /^entries\[1\].bookAmount: .* at 7.1235 is 712.35; give/,
    ],
    ['two cents beside its rate', { bookAmount: '712.38' }, /rounding line/],
    ['the other sign', { bookAmount: '-712.35' }, /^entries\[1\].bookAmount: is -712.35 CNY/],
    ['tenths of a cent', { bookAmount: '712.355' }, /^entries\[1\].bookAmount: it 712.355 CNY has more than 2/],
    ['a worth of nothing', { credit: '0.01', exchangeRate: '0.1' }, /^entries\[1\]: 0.01 USD at 0.1 is nothing in CNY/],
  ])('with %s is refused', (_, change, words) => {
    const faults = faultsOf([
      { ...travel, debit: '712.35' },
      { ...dollars, ...change },
    ]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });

  it('may be worth whatever its rate, as it is written, can stand for', () => {
    const shown = { ...dollars, exchangeRate: '7.12', bookAmount: '712.35' };
    expect(faultsOf([{ ...travel, debit: '712.35' }, shown])).toEqual([]);
    expect(
      faultsOf([
        { ...travel, debit: '712.35' },
        { ...shown, exchangeRate: '7.1200' },
      ]),
    ).toHaveLength(1);
  });
});

describe('a line in the book currency', () => {
  it.each([
    [
      'a rate',
      { exchangeRate: '7.1' },
      /^entries\[0\].exchangeRate: is 7.1, and CNY is the book currency; leave it out/,
    ],
    ['another book amount', { bookAmount: '0.31' }, /^entries\[0\].bookAmount: is not the amount/],
  ])('with %s is refused', (_, change, words) => {
    expect(faultsOf([{ ...travel, ...change }, payable])).toEqual([expect.stringMatching(words)]);
  });

  it('may say its rate of 1 and its amount again', () => {
    expect(faultsOf([{ ...travel, exchangeRate: '1.000', bookAmount: '0.3' }, payable])).toEqual([]);
  });

  it('has the digits of that currency', () => {
    const yen = { account: '6601', currency: 'JPY', debit: '15013' };
    const paid = { account: '1002', currency: 'USD', exchangeRate: '150.125', credit: '100.00' };
    expect(faultsOf([yen, paid], 'JPY')).toEqual([]);
    expect(faultsOf([{ ...yen, debit: '15012.50' }, paid], 'JPY')[0]).toMatch(/15012.50 JPY has more than 0 decimal/);
    const dinar = { account: '6601', currency: 'KWD', debit: '0.001' };
    expect(faultsOf([dinar, { account: '2241', currency: 'KWD', credit: '0.002' }], 'KWD')).toEqual([
      expect.stringContaining('debit 0.001 and credit 0.002 KWD differ by 0.001'),
    ]);
  });
});

describe('what a voucher is expected to show', () => {
  const entries = [{ ...travel, debit: '712.36' }, dollars, { ...payable, credit: '0.01' }];
  const expecting = (amount: string, currency: string) =>
    expectationFaults({ ...voucher, entries }, { amount: { amount, currency }, date: '2024-02-29' }, 'CNY');

  it('is its debit in the book currency, rounding lines and all', () => {
    expect(expecting('712.36', 'CNY')).toEqual([]);
    expect(expecting('712.360', 'CNY')).toEqual([]);
    expect(expecting('712.35', 'CNY')).toEqual([
      "amount: is 712.35 CNY, and the debit of the voucher adds up to 712.36 CNY; have the flow's amount say that",
    ]);
    expect(expecting('712.36', 'USD')).toHaveLength(1);
  });
});

describe('a voucher that does not balance', () => {
  it('is refused with what its lines come to, and the line that would settle it', () => {
    expect(faultsOf([{ ...travel, debit: '712.36' }, dollars])).toEqual([
      'entries: debit 712.36 and credit 712.35 CNY differ by 0.01 (entries[1] 100.00 USD at 7.1235 is 712.35); add a rounding line of 0.01 CNY on the credit side',
    ]);
    expect(faultsOf([{ ...travel, debit: '712.36' }, dollars, { ...payable, credit: '0.01' }])).toEqual([]);
    expect(faultsOf([travel, { ...payable, credit: '10' }])[0]).toMatch(/differ by 9.70; a line is missing or/);
  });

  it('is told by integers of the minor unit: a cent more or less is never lost', () => {
    const units = fc.bigInt({ min: 1n, max: 10n ** 17n - 1n });
    const foreign = fc.record({ units, rate: fc.integer({ min: 1, max: 10_000_000 }) });
    const text = (value: bigint) => `${value / 100n}.${String(value % 100n).padStart(2, '0')}`;
    fc.assert(
      fc.property(fc.array(foreign, { minLength: 1, maxLength: 20 }), fc.constantFrom(-1n, 0n, 1n), (lines, off) => {
        const usable = lines.map(({ units: amount, rate }) => ({ amount, rate, book: halfUp(amount * BigInt(rate)) }));
        const worth = usable.filter(({ book }) => book > 0n);
        fc.pre(worth.length > 0);
        const debits = worth.map(
          ({ amount, rate }): VoucherEntry => ({
            ...{ account: '6601', currency: 'USD', debit: text(amount) },
            exchangeRate: `${Math.floor(rate / 1e6)}.${String(rate % 1e6).padStart(6, '0')}`,
          }),
        );
        const total = worth.reduce((sum, { book }) => sum + book, 0n) + off;
        fc.pre(total > 0n && text(total).length <= 18);
        const credit = { account: '2241', currency: 'CNY', credit: text(total) };
        const faults = faultsOf([...debits, credit]);
        if (off === 0n) {
          expect(faults).toEqual([]);
          return;
        }
        const side = off > 0n ? 'debit' : 'credit';
        expect(faults).toEqual([expect.stringContaining('differ by 0.01')]);
        expect(faults[0]).toContain(`rounding line of 0.01 CNY on the ${side} side`);
        const settled = [...debits, credit, { account: '6603', currency: 'CNY', [side]: '0.01' }];
        expect(faultsOf(settled)).toEqual([]);
      }),
    );
  });
});

/** Millionths of cents in cents. */
const halfUp = (value: bigint) => (value + 500_000n) / 1_000_000n;
