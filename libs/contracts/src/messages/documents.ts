import type { RawContent } from './inbound.js';

/** Why the collector read a document. `pull`: it is a row of master data. */
export type ReadReason = 'hint' | 'sweep' | 'open' | 'requested' | 'pull';

/** A document as the vendor showed it, published when its content changed. */
export interface DocumentCollected {
  /**
   * Key of the document that was read. Differs from the message's key for a revocation, which is about another instance, and
   * for a row of master data (`<product>/<account>/<kind>/<code>`), which is kept with its table.
   */
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

/** A document that two complete readings in a row no longer showed. */
export interface DocumentGone {
  readonly document: string;
  readonly connection: string;
  /** When the second of them began. */
  readonly missedAt: string;
}
