import { describeTarget } from '@voucherline/connector-kit/conformance';
import { type Family, type OperationName, startStage } from './testing/stage.js';

const operations: readonly OperationName[] = ['push-payment-bill', 'save-gl-voucher'];
const families: readonly Family[] = ['signature', 'session', 'password'];

for (const operation of operations) {
  for (const family of families) {
    const sessions = family !== 'signature';
    describeTarget(`kingdee-galaxy ${operation}, by ${family}`, () => startStage(operation, family), { sessions });
  }
}
