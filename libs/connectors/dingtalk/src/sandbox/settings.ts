/** How this DingTalk is set up. Where the vendor sheet knows no answer, the setting lets a test try both. */
export interface DingtalkSandboxSettings {
  readonly corpId: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly tokenSeconds: number;
  /** Calls of one API in one second before it says 88/90018. The standard edition has 20; the default stays out of a bench's way. */
  readonly callsPerSecond: number;
  /** Departments that the app's contact scope names, with what is below them; empty: the whole company. */
  readonly contactScope: readonly number[];
  /** Calls in all, tokens and contacts apart, before it says 88/90020. */
  readonly callsPerMonth: number;
  /** Local time in answers (dingtalk.md §6.1: unconfirmed). */
  readonly utcOffsetMinutes: number;
  /** Where events are sent; empty: nowhere. Set later by `POST /_sandbox/callback`. */
  readonly callbackUrl: string;
  readonly callbackToken: string;
  readonly callbackAesKey: string;
  /** Tail of callback messages; empty: the app key (dingtalk.md §1.3: sources disagree). */
  readonly ownerKey: string;
  /** How the signature is named (dingtalk.md §1.1: unconfirmed that both are always sent). */
  readonly signatureNames: 'both' | 'msg_signature' | 'signature';
  /** `older`: `corpId` in lower case, no `EventTime` and `eventId` (dingtalk.md §3.1). */
  readonly envelope: 'current' | 'older';
  /** 1500 on the older page, 2500 on the current one. */
  readonly replyWithinMs: number;
  readonly retryDelaysMs: readonly number[];
  /** From the last failed try to its place in the failed list. */
  readonly failedListDelayMs: number;
  /** Multiplies the delays above; below 1 for tests. */
  readonly timeScale: number;
  /** Whether reading the failed list removes what was read (dingtalk.md §1.6: unconfirmed). */
  readonly failedListRemoves: boolean;
  /** Callbacks on their way at a time. */
  readonly callbackConcurrency: number;
  readonly faults: readonly Record<string, unknown>[];
}

/** Settings unless `settings` say otherwise. The secrets are those of the demo and open nothing else. */
export const DEFAULT_SETTINGS: DingtalkSandboxSettings = {
  corpId: 'dingcorp0001',
  appKey: 'dingappkey000001',
  appSecret: 'sandboxAppSecret0001',
  tokenSeconds: 7_200,
  callsPerSecond: 100_000,
  contactScope: [],
  callsPerMonth: Number.MAX_SAFE_INTEGER,
  utcOffsetMinutes: 480,
  callbackUrl: '',
  callbackToken: 'callbackToken01',
  callbackAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  ownerKey: '',
  signatureNames: 'both',
  envelope: 'current',
  replyWithinMs: 1_500,
  retryDelaysMs: [10_000, 30_000],
  failedListDelayMs: 240_000,
  timeScale: 1,
  failedListRemoves: true,
  callbackConcurrency: 32,
  faults: [],
};
