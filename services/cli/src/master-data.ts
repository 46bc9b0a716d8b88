import { pulledKinds } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import { MasterDataTables } from '@voucherline/domain';
import type { Lookups } from '@voucherline/mapping';
import { type Broker, readTopic } from '@voucherline/pipeline';

/**
 * Master data as the log tells it now, and as planning looks it up: a table that was never read to its end is on its way while its
 * connection pulls it, and unknown otherwise.
 */
export async function readMasterData(
  broker: Broker,
  connections: ReadonlyMap<string, ConnectionContent>,
): Promise<Lookups> {
  const tables = new MasterDataTables();
  for await (const { message } of readTopic(broker, 'masterdata.entries.v1')) tables.add(message);
  return {
    find: (table, criteria, day) => {
      const found = tables.find(table, criteria, day);
      if (found.kind === 'rows') return found;
      const [name = '', ...kind] = table.split('/');
      const connection = connections.get(name);
      const isPulled = connection !== undefined && pulledKinds(connection).includes(kind.join('/'));
      return { kind: isPulled ? 'pending' : 'unknown' };
    },
  };
}
