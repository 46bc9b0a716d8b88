import type { TargetPure } from '@voucherline/connector-kit';
import { manifest } from './manifest.js';
import { operations } from './operations.js';

export type { VoucherEntry, VoucherPayload } from './payload/gl-voucher.js';
export type { PaymentBillPayload } from './payload/push-payment-bill.js';

export const kingdeeGalaxy: TargetPure = { manifest, operations };
