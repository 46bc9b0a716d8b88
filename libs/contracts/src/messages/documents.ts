import type { RawContent } from './inbound.js';

/** Why the collector read a document. */
export type ReadReason = 'hint' | 'sweep' | 'open' | 'requested';

/** A document as the vendor showed it, published when its content changed. */
export interface DocumentCollected {
  /** Key of the document that was read. Differs from the message's key for a revocation, which is about another instance. */
  readonly document: string;
  readonly connection: string;
  readonly content: RawContent;
  readonly readAt: string;
  readonly reason: ReadReason;
  /** False while the vendor may still change it by its own process; open documents are read until they end. */
  readonly ended: boolean;
}

/** One window of a sweep, walked to its end (or not). */
export interface SweepCompleted {
  readonly connection: string;
  /** What was listed, e.g. a DingTalk process code. */
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: string;
  readonly ids: readonly string[];
  readonly complete: boolean;
}
