import { type MasterDataRowOf, pulledKinds } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import type { VoucherEntry, VoucherPayload } from './voucher.js';

const ACCOUNTS = 'accounts';

/**
 * Faults of a checked voucher against the pulled accounts: one that is not there, and a dimension that an account requires and
 * its line does not give (`requiredDimensions`, e.g. `FFLEX5,FFLEX9`). Nothing where the connection pulls no accounts.
 */
export function referenceFaults(
  payload: Readonly<Record<string, unknown>>,
  rowOf: MasterDataRowOf,
  settings: ConnectionContent['settings'],
): readonly string[] {
  if (!pulledKinds({ settings }).includes(ACCOUNTS)) return [];
  const { entries } = payload as unknown as VoucherPayload;
  return entries.flatMap((entry, at) => accountFaults(entry, `entries[${at}]`, rowOf(ACCOUNTS, entry.account)));
}

function accountFaults(
  { account, dimensions }: VoucherEntry,
  line: string,
  row: ReturnType<MasterDataRowOf>,
): readonly string[] {
  if (row === undefined) {
    return [
      `${line}.account: ${account} is no usable account of this account set; finance mends the code table or the flow, or enables the account in Kingdee`,
    ];
  }
  const required = (row.requiredDimensions ?? '').split(',').map((name) => name.trim());
  return required
    .filter((name) => name !== '' && !Object.hasOwn(dimensions ?? {}, name))
    .map(
      (name) =>
        `${line}.dimensions.${name}: account ${account} requires it; the administrator adds it to the flow, finance the code to its table`,
    );
}
