import { describe, expect, it } from 'vitest';
import { referenceFaults } from './references.js';

const payload = {
  entries: [
    { account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'CNY', debit: '1.00' },
    { account: '2241', currency: 'CNY', credit: '1.00' },
  ],
};
const accounts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '6602.01': { code: '6602.01', requiredDimensions: 'FFLEX5' },
  '6602.02': { code: '6602.02', requiredDimensions: 'FFLEX5, FFLEX9' },
  '2241': { code: '2241' },
};
const rowOf = (kind: string, code: string) => (kind === 'accounts' ? accounts[code] : undefined);
const pulled = { masterData: ['departments', 'accounts'] };
const withAccount = (account: string) => {
  const [first, ...others] = payload.entries;
  return { entries: [{ ...first, account }, ...others] };
};

describe('references of save-gl-voucher', () => {
  it('are fine where every account is there and has its dimensions', () => {
    expect(referenceFaults(payload, rowOf, pulled)).toEqual([]);
  });

  it('to an account that is not there are a fault with the line and who mends it', () => {
    expect(referenceFaults(withAccount('6602.99'), rowOf, pulled)).toEqual([
      expect.stringMatching(/^entries\[0\]\.account: 6602\.99 is no usable account .* finance mends the code table/),
    ]);
  });

  it('lack a dimension that the account requires: the line, the account and the dimension', () => {
    expect(referenceFaults(withAccount('6602.02'), rowOf, pulled)).toEqual([
      expect.stringMatching(
        /^entries\[0\]\.dimensions\.FFLEX9: account 6602\.02 requires it; the administrator adds it/,
      ),
    ]);
  });

  it('are not known where the connection pulls no accounts', () => {
    expect(referenceFaults(withAccount('6602.99'), () => undefined, { masterData: ['departments'] })).toEqual([]);
    expect(referenceFaults(withAccount('6602.99'), () => undefined, {})).toEqual([]);
  });
});
