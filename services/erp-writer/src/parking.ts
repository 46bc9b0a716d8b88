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

export type Resolution = 'released' | 'discarded' | 'superseded';

/** Says what a person decided about it, or that something else has. */
export function resolvedDraft(
  { stage, subject, parkedId, at }: Case,
  resolution: Resolution,
  action?: string,
): KeyedDraft {
  return {
    type: 'ParkedResolved',
    id: factId('ParkedResolved', parkedId),
    key: subject,
    time: new Date(at).toISOString(),
    data: { parkedId, stage, resolution, ...(action !== undefined && { action }) },
  };
}
