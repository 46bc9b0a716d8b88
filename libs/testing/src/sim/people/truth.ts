import { voucherKey } from '@voucherline/contracts';
import type { Instance } from '../vendors/approvals.js';

/** What is true of an approval, whatever the product makes of it. */
export interface Truth {
  readonly instance: Instance;
  readonly kind: 'payment' | 'expense';
  /** Number of its payment application. */
  readonly application: string | undefined;
  /** Keys of its vouchers, of all revisions. */
  readonly keys: ReadonlySet<string>;
  approvedAt: number | undefined;
  /** When a revocation of it was approved. */
  revokedAt: number | undefined;
  /** As the form shows it now. */
  amount: string;
}

const VOUCHERS = { payment: 'payment-bill', expense: 'accounting-voucher' } as const;

/** More revisions than any approval of a simulation gets. */
const REVISIONS = 10;

/** Keys of all vouchers that an approval may come to have. */
export function keysOf(document: string, kind: Truth['kind']): ReadonlySet<string> {
  return new Set(Array.from({ length: REVISIONS }, (_, revision) => voucherKey(document, VOUCHERS[kind], revision)));
}
