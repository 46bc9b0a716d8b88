import { pulledTables } from '@voucherline/connector-kit';
import type { ConnectionContent, Lookups } from '@voucherline/contracts';
import { MasterDataTables } from '@voucherline/domain';
import { type Broker, readTopic } from '@voucherline/pipeline';

/** Master data as the log tells it now, and as planning looks it up. */
export async function readMasterData(
  broker: Broker,
  connections: ReadonlyMap<string, ConnectionContent>,
): Promise<Lookups> {
  const tables = new MasterDataTables();
  for await (const { message } of readTopic(broker, 'masterdata.entries.v1')) tables.add(message);
  return pulledTables(tables, (name) => connections.get(name));
}
