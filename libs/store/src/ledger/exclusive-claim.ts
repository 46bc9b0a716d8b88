import type { ExclusiveValue } from '@voucherline/contracts';
import type { VoucherGeneration } from './ledger-effect.js';

/** What a voucher asks for before anything of it is sent: all of these values, or none. */
export interface ExclusiveClaim extends VoucherGeneration {
  readonly values: readonly ExclusiveValue[];
}

/** The voucher that holds a value already. */
export interface ExclusiveHolder {
  /** Which value, by the name its flow gave it. */
  readonly name: string;
  readonly voucherKey: string;
  readonly subject: string;
  readonly voucher: string;
  readonly revision: number;
  readonly target: string;
}

/**
 * Takes the values for a voucher, all or none; asking again for what it holds changes nothing, so a claim whose answer got
 * lost is simply made again. Null when they are held now, else who holds one of them.
 */
export type ClaimExclusive = (claim: ExclusiveClaim) => Promise<ExclusiveHolder | null>;
