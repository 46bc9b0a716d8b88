import { type MasterData, MasterDataTables } from '@voucherline/domain';
import { type Broker, readTopic } from '@voucherline/pipeline';

/** Master data as the log tells it now. */
export async function readMasterData(broker: Broker): Promise<MasterData> {
  const tables = new MasterDataTables();
  for await (const { message } of readTopic(broker, 'masterdata.entries.v1')) tables.add(message);
  return tables;
}
