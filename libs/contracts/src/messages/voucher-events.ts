import type { Money } from '../money.js';
import type { Owner } from './operations-events.js';
import type { FlowVersion } from './voucher-commands.js';

interface OfVoucher {
  readonly voucherKey: string;
  readonly voucher: string;
  readonly revision: number;
  readonly generation: number;
  readonly target: string;
}

export interface VoucherPostingStarted extends OfVoucher {
  readonly fingerprint: string;
}

/** Evidence that a document was read back and showed what was intended. */
export interface ReadBackEvidence {
  readonly readAt: string;
  readonly status: string;
  readonly amount: Money;
  readonly contentSha256: string;
}

export interface VoucherConfirmed extends OfVoucher {
  /** The version that made it; absent in old events. */
  readonly flow?: FlowVersion;
  /** Document key in the target. */
  readonly document: string;
  readonly number: string;
  readonly evidence: ReadBackEvidence;
}

export interface VoucherRejected extends OfVoucher {
  /** The vendor's own code and words, without personal data. */
  readonly code: string;
  readonly words: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

export interface VoucherInDoubt extends OfVoucher {
  readonly step: string;
  readonly since: string;
  readonly reason: string;
}

export interface VoucherHeld extends OfVoucher {
  readonly reason: string;
  readonly owner: Owner;
  readonly nextStep: string;
  /** Documents of the target that a person has to look at. */
  readonly documents: readonly string[];
}

/** A look-up while the voucher was in doubt: nothing is sent again without one. */
export interface VoucherLookedUp extends OfVoucher {
  readonly found: readonly { readonly document: string; readonly stage: string }[];
}

/** A person settled a doubt: the document stands for the voucher (as the target showed it), or there is none. */
export interface VoucherDoubtSettled extends OfVoucher {
  readonly resolution: 'linked' | 'absent';
  readonly document?: string;
  /** Id of the action, which names the person and the reason. */
  readonly action: string;
}

/** Given up before anything effective stood in the target. */
export interface VoucherCancelled extends OfVoucher {
  readonly reason: 'withdrawn' | 'replaced' | 'discarded';
}

/** No longer effective: by an entry of its own, or because the target took the document itself back. */
export interface VoucherReversed extends OfVoucher {
  readonly document: string;
  readonly entry?: { readonly voucherKey: string; readonly document: string; readonly number: string };
}

export interface WriteBackDone {
  readonly writeBackKey: string;
  readonly document: string;
}
