import type { TargetPure } from '@voucherline/connector-kit';
import { expectationFaults } from './payload/balance.js';
import { voucherFaults } from './payload/gl-voucher.js';
import { paymentBillFaults } from './payload/push-payment-bill.js';
import { referenceFaults } from './payload/references.js';
import { bookCurrencyOf } from './settings.js';

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
    checkPayload: (payload, settings) => voucherFaults(payload, bookCurrencyOf(settings)),
    checkExpectation: (payload, expectation, settings) =>
      expectationFaults(payload, expectation, bookCurrencyOf(settings)),
    checkReferences: referenceFaults,
  },
} as const satisfies TargetPure['operations'];

/** How a posted `save-gl-voucher` is taken back. No flow can ask for it: it is told what to reverse, and reads the rest. */
export const redVoucher = {
  name: 'reverse-gl-voucher',
  level: 'L2',
  createCarriesKey: true,
  checkPayload: (payload: Readonly<Record<string, unknown>>) =>
    Object.keys(payload).map((name) => `${name}: a red voucher takes no payload; its lines are those of the original`),
} as const;
