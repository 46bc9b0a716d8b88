import type { TargetPure } from '@voucherline/connector-kit';
import { voucherFaults } from './payload/gl-voucher.js';
import { paymentBillFaults } from './payload/push-payment-bill.js';

/** The operations' unchanging half. How their levels were shown: README. */
export const operations = {
  'push-payment-bill': {
    name: 'push-payment-bill',
    level: 'L1',
    createCarriesKey: false,
    checkPayload: paymentBillFaults,
  },
  'save-gl-voucher': {
    name: 'save-gl-voucher',
    level: 'L2',
    createCarriesKey: true,
    checkPayload: voucherFaults,
  },
} as const satisfies TargetPure['operations'];
