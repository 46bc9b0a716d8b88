import {
  type CallContext,
  type MasterDataCalls,
  type ReadOutcome,
  readLevels,
  type TargetCalls,
} from '@voucherline/connector-kit';
import { manifest } from '../pure/manifest.js';
import { settingsOf } from '../pure/settings.js';
import { pushPaymentBill } from './operations/push-payment-bill.js';
import { saveGlVoucher } from './operations/save-gl-voucher.js';
import { pullBaseData } from './pull-base-data.js';
import { query } from './query.js';

/** Kingdee Cloud Galaxy as a target. `context.http` has setting `baseUrl` for its base. */
export const kingdeeGalaxyCalls: TargetCalls = {
  manifest,
  operations: { 'push-payment-bill': pushPaymentBill, 'save-gl-voucher': saveGlVoucher },
  shownLevels: readLevels(new URL('../../levels.json', import.meta.url)),
  probe,
};

/** Kingdee's base data as master data. */
export const kingdeeGalaxyMasterDataCalls: MasterDataCalls = { manifest, isExempt: false, pullPage: pullBaseData };

/** A query for no bill: shows that Kingdee answers, knows us, and has the key field. */
async function probe(context: CallContext): Promise<ReadOutcome<void>> {
  const { keyField } = settingsOf(context.connection.content);
  const rows = await query(context, {
    form: 'AP_PAYBILL',
    fields: ['FID', keyField],
    filter: 'FID=0',
    order: 'FID ASC',
  });
  return rows.kind === 'read' ? { kind: 'read', value: undefined } : rows;
}
