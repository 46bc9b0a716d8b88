import type { IntentRecorded, LedgerStage, VoucherGeneration } from './ledger-effect.js';

/** What is known of a generation of a voucher when an intent is refused. */
export interface KnownIntent extends VoucherGeneration {
  readonly fingerprint: string;
  readonly stage: LedgerStage;
}

/** Why an intent that was not written can't be, from the generations known of its key; undefined when it is known as it is. */
export function refusalOf(intent: IntentRecorded, known: readonly KnownIntent[]): string | undefined {
  const ofKey = known.filter(({ voucherKey }) => voucherKey === intent.voucherKey);
  const same = ofKey.find(({ generation }) => generation === intent.generation);
  if (same?.fingerprint === intent.fingerprint) return undefined;
  if (same !== undefined) return `is known with content ${same.fingerprint}, not ${intent.fingerprint}`;
  const older = ofKey.find(({ generation, stage }) => generation < intent.generation && stage !== 'cancelled');
  if (older !== undefined) return `generation ${older.generation} is ${older.stage}, not cancelled`;
  if (intent.reverses !== undefined) return `another reversal of ${intent.reverses} is live`;
  return `another revision of ${intent.voucher} of ${intent.subject} is live`;
}

/** Why a stage can't be reached. */
export function unreachable(stage: LedgerStage): string {
  switch (stage) {
    case 'cancelled':
      return "can't be cancelled: it has no intent, or was confirmed";
    case 'reversed':
      return "can't be reversed: it was never confirmed";
    default:
      return `can't be ${stage}: it has no intent`;
  }
}
