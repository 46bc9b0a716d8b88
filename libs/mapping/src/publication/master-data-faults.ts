import type { ConnectionContent } from '@voucherline/contracts';
import type { Fault } from '../file/fault.js';
import type { Flow, PlacedUse } from '../flow/flow.js';
import { isMasterData } from '../lookups/lookups.js';

/** The tables of master data that a product shows, by kind (a connector's manifest); undefined when it shows none. */
export type MasterDataOf = (
  product: string,
) => Readonly<Record<string, { readonly columns: readonly string[] }>> | undefined;

/** Look-ups in master data that nobody pulls, or in columns that a table does not have: they would find nothing, for ever. */
export function masterDataFaults(
  { lookups }: Flow,
  connections: readonly ConnectionContent[],
  masterDataOf: MasterDataOf,
): readonly Fault[] {
  return lookups.filter(({ table }) => isMasterData(table)).flatMap((use) => faultsOf(use, connections, masterDataOf));
}

function faultsOf(
  { table, columns, path }: PlacedUse,
  connections: readonly ConnectionContent[],
  masterDataOf: MasterDataOf,
): readonly Fault[] {
  const [name = '', ...rest] = table.split('/');
  const kind = rest.join('/');
  const connection = connections.find((one) => one.name === name);
  if (connection === undefined) {
    const mend = `Publish it, or choose one of: ${listed(connections.map((one) => one.name))}.`;
    return [{ path, fault: `the table "${table}" is of connection ${name}, which is not published`, mend }];
  }
  const kinds = masterDataOf(connection.product) ?? {};
  const shown = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (shown === undefined) {
    const mend = `Choose one of: ${listed(Object.keys(kinds).map((one) => `${name}/${one}`))}.`;
    return [{ path, fault: `${connection.product} shows no master data "${kind}"`, mend }];
  }
  const faults: Fault[] = columns
    .filter((column) => !shown.columns.includes(column))
    .map((column) => {
      return {
        path,
        fault: `the table "${table}" has no column "${column}"`,
        mend: `Choose one of ${listed(shown.columns)}.`,
      };
    });
  if (!pulledBy(connection).includes(kind)) {
    const mend = `Add ${kind} to \`settings.masterData\` of ${name} and publish it.`;
    faults.push({ path, fault: `connection ${name} does not pull ${kind}`, mend });
  }
  return faults;
}

function pulledBy({ settings: { masterData } }: ConnectionContent): readonly unknown[] {
  return Array.isArray(masterData) ? masterData : [];
}

function listed(names: readonly string[]): string {
  return names.join(', ') || 'none';
}
