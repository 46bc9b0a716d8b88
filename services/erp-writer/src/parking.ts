import { factId } from '@voucherline/contracts';
import type { ParkReason } from '@voucherline/pipeline';
import type { KeyedDraft } from '@voucherline/work';

interface Case {
  /** `<service>/<worker>`. */
  readonly stage: string;
  readonly connection: string;
  /** Kafka key of what is said. */
  readonly subject: string;
  readonly parkedId: string;
  readonly at: number;
}

/** Says that a command is set aside for a person. */
export function parkedDraft(
  { stage, connection, subject, parkedId, at }: Case,
  { code, reason, owner, nextStep }: ParkReason,
): KeyedDraft {
  return {
    type: 'MessageParked',
    id: factId('MessageParked', parkedId),
    key: subject,
    time: new Date(at).toISOString(),
    data: { parkedId, stage, connection, code, reason, owner, nextStep },
  };
}

/** Says what a person decided about it. */
export function resolvedDraft(
  { stage, subject, parkedId, at }: Case,
  resolution: 'released' | 'discarded',
  action: string,
): KeyedDraft {
  return {
    type: 'ParkedResolved',
    id: factId('ParkedResolved', parkedId),
    key: subject,
    time: new Date(at).toISOString(),
    data: { parkedId, stage, resolution, action },
  };
}
