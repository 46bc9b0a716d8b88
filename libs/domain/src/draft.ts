import type { MessageType, MessageTypes } from '@voucherline/contracts';

/** A message that a pure rule wants said (the pipeline's `Draft`). Its id is derived from the fact, its time is the fact's. */
export type DraftOf<T extends MessageType> = {
  [M in T]: { readonly type: M; readonly id: string; readonly time: string; readonly data: MessageTypes[M] };
}[T];

/** Why something that is due can't be decided without a person (the pipeline's `ParkReason`). */
export interface Obstacle {
  /** Groups what one mend releases, e.g. `mapping.missing-field`. */
  readonly code: string;
  readonly reason: string;
  readonly owner: 'finance' | 'administrator' | 'operations';
  readonly nextStep: string;
}
