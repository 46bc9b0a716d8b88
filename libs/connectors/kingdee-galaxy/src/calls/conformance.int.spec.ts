import type { Reversal } from '@voucherline/connector-kit';
import { describeTarget, showLevel } from '@voucherline/connector-kit/conformance';
import { expect, it, onTestFinished } from 'vitest';
import { type Family, type OperationName, startStage } from './testing/stage.js';

const reversals: readonly [OperationName, Reversal['kind']][] = [
  ['push-payment-bill', 'undo'],
  ['save-gl-voucher', 'entry'],
  ['reverse-gl-voucher', 'none'],
];
const families: readonly Family[] = ['signature', 'session', 'password'];

for (const [operation, reversal] of reversals) {
  for (const family of families) {
    const sessions = family !== 'signature';
    describeTarget(`kingdee-galaxy ${operation}, by ${family}`, () => startStage(operation, family), {
      sessions,
      reversal,
    });
  }
}

it('a Kingdee whose queries lag shows less than levels.json says, so it would be noticed', async () => {
  const stage = await startStage('save-gl-voucher', 'signature');
  onTestFinished(() => stage.close());
  await stage.fault({ kind: 'lagging', operation: 'ExecuteBillQuery', delayMs: 200 });
  expect(await showLevel(stage)).toMatchObject({ level: 'L1', seen: { lookup: 'late' } });
});
