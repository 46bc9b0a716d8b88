import { type MasterDataPure, masterDataEntry, type TargetPure } from '@voucherline/connector-kit';
import { manifest } from './manifest.js';
import { operations } from './operations.js';

export type { VoucherEntry, VoucherPayload } from './payload/gl-voucher.js';
export type { PaymentBillPayload } from './payload/push-payment-bill.js';
export { type Caller, signatureHeaders } from './signature.js';

/** Kingdee Cloud Galaxy as a target, without calls. */
export const kingdeeGalaxyTarget: TargetPure = { manifest, operations };

/** Kingdee's base data, without calls. */
export const kingdeeGalaxyMasterData: MasterDataPure = {
  manifest,
  entry: (kind, content) => masterDataEntry(manifest.masterData?.[kind], content),
};
