import { type MasterDataRowOf, pulledKinds, type TargetPure } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import type { Lookups, Rendering } from '@voucherline/mapping';

/** Whether a payload fits the target's own master data, or the table that has to be read before that can be told. */
export type ReferenceCheck =
  | { readonly kind: 'checked'; readonly faults: readonly string[] }
  | { readonly kind: 'pending'; readonly table: string };

/**
 * Checks a payload against the tables that the target's connection pulls, as of the day on which it will be booked. Of others no
 * row is known, and nothing is checked.
 */
export function checkReferences(
  operation: TargetPure['operations'][string],
  { payload, accountingDate }: Pick<Rendering, 'payload' | 'accountingDate'>,
  target: ConnectionContent,
  tables: Lookups,
): ReferenceCheck {
  const kinds = pulledKinds(target);
  let pending: string | undefined;
  const rowOf: MasterDataRowOf = (kind, code) => {
    if (!kinds.includes(kind)) return undefined;
    const table = `${target.name}/${kind}`;
    const found = tables.find(table, [{ column: 'code', value: code }], accountingDate);
    if (found.kind === 'rows') return found.rows[0]?.columns;
    pending ??= table;
    return undefined;
  };
  const faults = operation.checkReferences?.(payload, rowOf, target.settings) ?? [];
  return pending === undefined ? { kind: 'checked', faults } : { kind: 'pending', table: pending };
}
