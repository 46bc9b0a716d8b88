import { fieldFaults, numberText, textOf } from './fields.js';

/** What a flow gives `push-payment-bill`. Everything else of the bill comes from the application by Kingdee's own rule. */
export interface PaymentBillPayload {
  /** Number of the payment application (CN_PAYAPPLY). */
  readonly applicationNumber: string;
  /** Remark on the bill. */
  readonly remark?: string;
}

export function paymentBillFaults(payload: Readonly<Record<string, unknown>>): readonly string[] {
  return fieldFaults(payload, {
    applicationNumber: { check: numberText },
    remark: { check: textOf(255), optional: true },
  });
}
