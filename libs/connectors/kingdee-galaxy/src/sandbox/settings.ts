import { BASE_DATA, type BaseData } from './base-data.js';

/** How this Galaxy is set up. Where the vendor sheet knows no answer, the setting lets a test try both. */
export interface KingdeeSandboxSettings {
  readonly acctId: string;
  /** The integration user. */
  readonly userName: string;
  readonly password: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly serverPath: string;
  /** Which of the two signatures are verified (kingdee.md §2.2: unconfirmed which a private server checks). */
  readonly verifyApiSignature: boolean;
  readonly verifyAppSignature: boolean;
  readonly timestampToleranceSeconds: number;
  readonly sessionIdleSeconds: number;
  /** Custom text field on AP_PAYBILL and GL_VOUCHER that carries the voucher key. */
  readonly keyField: string;
  /** Where a Push reply has its ConvertResponseStatus (kingdee.md §4.4: unconfirmed). */
  readonly convertStatus: 'sibling' | 'siblingArray' | 'inside';
  /** Whether CN_PAYAPPLY has an enabled default rule to AP_PAYBILL. */
  readonly defaultRule: boolean;
  /** `draft`: pushed bills come out as Z, without a number, as where their save fails. */
  readonly pushSavesAs: 'saved' | 'draft';
  /** Own bank account that pushed bills get; empty: none, so saving a wire transfer fails. */
  readonly ownBankAccount: string;
  /** What uses an application's open amount. With `audited` several drafts of one application can exist: doubles show. */
  readonly openAmountUsedBy: 'saved' | 'audited' | 'never';
  /** Whether the method BillQuery exists (since September 2023). */
  readonly billQuery: boolean;
  /** First id of each form, as text: ids above 2^53 show clients that keep them in floats. */
  readonly firstId: string;
  /** The server's local time, in which Kingdee writes its times. */
  readonly utcOffsetMinutes: number;
  /** Accounting periods (`2024-03`) that are closed in every account book. */
  readonly closedPeriods: readonly string[];
  /** Whether FDEBIT and FCREDIT of a line are kept as sent, or made of FAMOUNTFOR and the rate (kingdee.md §6.1: unconfirmed). */
  readonly bookAmounts: 'kept' | 'computed';
  readonly baseData: BaseData;
  readonly faults: readonly Record<string, unknown>[];
}

/** Settings unless `settings` say otherwise. The secrets are those of the demo and open nothing else. */
export const DEFAULT_SETTINGS: KingdeeSandboxSettings = {
  acctId: '65000000000001',
  userName: 'voucherline',
  password: 'sandbox-password',
  appId: '100001_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY',
  appSecret: 'app-secret-for-tests',
  serverPath: '/k3cloud',
  verifyApiSignature: true,
  verifyAppSignature: true,
  timestampToleranceSeconds: 300,
  sessionIdleSeconds: 1200,
  keyField: 'F_VL_KEY',
  convertStatus: 'sibling',
  defaultRule: true,
  pushSavesAs: 'saved',
  ownBankAccount: 'ACC001',
  openAmountUsedBy: 'audited',
  billQuery: true,
  firstId: '100001',
  utcOffsetMinutes: 480,
  closedPeriods: [],
  bookAmounts: 'kept',
  baseData: BASE_DATA,
  faults: [],
};
