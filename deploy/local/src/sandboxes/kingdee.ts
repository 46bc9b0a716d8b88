import { SandboxControl } from './control.js';

/** A document as the Kingdee sandbox shows it, and as it stands in its book. */
export interface KingdeeDocument {
  readonly form: string;
  readonly id: string;
  readonly number: string;
  /** Z draft · A created · B submitted · C audited · D to be audited again. */
  readonly status: 'Z' | 'A' | 'B' | 'C' | 'D';
  readonly cancelled: boolean;
  readonly creator: string;
  readonly amount: string;
  readonly currency: string;
  readonly contactUnit: string;
  /** Number of the payment application that a payment bill was pushed from. */
  readonly source: string;
  /** The voucher key it carries; empty when none. */
  readonly key: string;
}

/** What people do in the Kingdee of the sandbox. */
export class KingdeeSandboxControl extends SandboxControl {
  /** Makes a payment application (付款申请单), audited unless said otherwise; gives its number. */
  async apply(application: { amount: string; supplier?: string; payee?: string; audited?: boolean }): Promise<string> {
    const { numbers } = await this.post<{ numbers: [string] }>('/payapply', application);
    return numbers[0];
  }

  async audit(application: string): Promise<void> {
    await this.post(`/payapply/${encodeURIComponent(application)}/audit`);
  }

  /** A clerk pushes an application to a payment bill. */
  pushByHand(
    application: string,
    options: { amount?: string; audit?: boolean } = {},
  ): Promise<{ id: string; number: string }> {
    return this.post('/push-by-hand', { number: application, ...options });
  }

  /** Somebody makes or changes a row of base data, e.g. a department (`BD_Department`). */
  async setBaseData(form: string, row: { number: string; name: string }): Promise<void> {
    await this.post('/base-data', { form, ...row });
  }

  /** Every session that Kingdee has given out ends. */
  async expireSessions(): Promise<void> {
    await this.post('/sessions/expire');
  }

  /** Payment bills (付款单) pushed from an application. */
  paymentBills(application: string): Promise<readonly KingdeeDocument[]> {
    return this.get(`/documents?form=AP_PAYBILL&source=${encodeURIComponent(application)}`);
  }

  /** Documents of a form that carry a voucher key. */
  withKey(form: 'AP_PAYBILL' | 'GL_VOUCHER', key: string): Promise<readonly KingdeeDocument[]> {
    return this.get(`/documents?form=${form}&key=${key}`);
  }
}
