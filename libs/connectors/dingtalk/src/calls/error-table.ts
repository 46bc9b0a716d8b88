import type { Refusal, Throttled } from '@voucherline/connector-kit';
import { inBoth, type Owner } from '@voucherline/contracts';
import { instantOf } from '../pure/instance/local-time.js';

/** What the vendor's code says about a call (dingtalk.md §10). */
export type Verdict =
  | Refusal
  | Throttled
  /** The token is not (or no longer) good: get another one, and call again once. */
  | { readonly kind: 'badToken'; readonly refusal: Refusal }
  /** The vendor is busy: whether it executed the call is not said. */
  | { readonly kind: 'busy'; readonly detail: string }
  /** A code that the table does not name. */
  | { readonly kind: 'unlisted'; readonly refusal: Refusal };

interface Mend {
  readonly owner: Owner;
  readonly nextStep: string;
}

const administrator = (en: string, zh: string): Mend => ({ owner: 'administrator', nextStep: inBoth(en, zh) });
const CREDENTIALS = administrator(
  'Compare appKey and appSecret with the "credentials" page of the app in the DingTalk console.',
  '请与钉钉开发者后台该应用“凭证与基础信息”页的 appKey、appSecret 核对。',
);
const PARAMETER = administrator(
  'Compare processCodes and commentUserId with the DingTalk console; then release.',
  '请与钉钉后台核对 processCodes 和 commentUserId；然后放行。',
);
const SCOPE = administrator(
  "Widen the app's contact scope in the DingTalk console so that it includes this user or department.",
  '请在钉钉开发者后台扩大应用的通讯录权限范围，使其包含该用户或部门。',
);
const FORM = administrator(
  'Check in the DingTalk console that the process code exists and the app may read its approvals.',
  '请在钉钉后台确认该审批模板（process code）存在，且应用有权读取其审批单。',
);
const STATE = administrator(
  'Look at the approval in DingTalk: in its present state it does not take this call.',
  '请在钉钉中查看该审批单：其当前状态不允许此操作。',
);

const REFUSALS: Readonly<Record<string, Mend>> = {
  22: administrator(
    "Set baseUrl to the address of DingTalk's old API, https://oapi.dingtalk.com.",
    '请将 baseUrl 设为钉钉旧版接口地址 https://oapi.dingtalk.com。',
  ),
  33012: administrator(
    'Set commentUserId to the userid of a member who works for the company.',
    '请将 commentUserId 设为一名在职成员的 userid。',
  ),
  40035: PARAMETER,
  40078: CREDENTIALS,
  40089: CREDENTIALS,
  40096: CREDENTIALS,
  400002: PARAMETER,
  43007: administrator(
    'Authorise the app for this API in the DingTalk console.',
    '请在钉钉开发者后台为应用授权此接口。',
  ),
  50002: SCOPE,
  50004: SCOPE,
  60003: SCOPE,
  60011: administrator(
    'Grant the app the permissions that DingTalk names here, on its "permissions" page.',
    '请在应用的“权限管理”页开通钉钉所提示的权限。',
  ),
  60020: administrator(
    "Add this server's public IP address to the app's IP whitelist in the DingTalk console.",
    '请在钉钉开发者后台将本服务器的公网 IP 加入应用的 IP 白名单。',
  ),
  60121: SCOPE,
  810007: FORM,
  810008: FORM,
  820005: STATE,
  820006: STATE,
  820008: STATE,
  820010: STATE,
  830001: FORM,
};

const BAD_TOKEN: ReadonlySet<string> = new Set(['40000', '40001', '40014', '41001', '42001']);

/** What "no such instance" is said with: not documented, so every code that reading an instance is known to give for it. */
export const UNKNOWN_INSTANCE: ReadonlySet<string> = new Set(['400002', '820005', '820006', '820008', '820010']);

const BUSY = '-1';
const MONTHLY_QUOTA = '90020';
const THROTTLE = /^900(0[1-9]|1[0-4]|17|18)$/;

/** An answer's code and words; `sub_code` where the code is the wrapper 88. */
export interface VendorError {
  readonly code: string;
  readonly words: string;
}

/** Reads the verdict off the table. `now` is in ms; times in messages are in the connection's zone. */
export function verdictOf({ code, words }: VendorError, now: number, timeZone: string): Verdict {
  const refusal = (mend: Mend): Refusal => ({ kind: 'rejected', code, words: forPeople(words), ...mend });
  if (code === BUSY) return { kind: 'busy', detail: 'DingTalk is busy (-1)' };
  if (THROTTLE.test(code)) return { kind: 'throttled', afterMs: penaltyMs(words, now, timeZone) };
  if (code === MONTHLY_QUOTA) return { kind: 'throttled', afterMs: untilNextMonth(now, timeZone) };
  if (BAD_TOKEN.has(code)) return { kind: 'badToken', refusal: refusal(CREDENTIALS) };
  const mend = REFUSALS[code];
  if (mend !== undefined) return refusal(mend);
  return {
    kind: 'unlisted',
    refusal: refusal({
      owner: 'operations',
      nextStep: inBoth(
        `Look up DingTalk error ${code}, mend its cause, then release.`,
        '请查明该钉钉错误码的含义，排除原因，然后放行。',
      ),
    }),
  };
}

const DEFAULT_PENALTY_MS = 1_000;
const LONGEST_PENALTY_MS = 3_600_000;

/** Until the penalty's end that the message names ("处罚将在 2019-02-13 20:40:05 结束"); 1 s when it names none or a past one. */
function penaltyMs(words: string, now: number, timeZone: string): number {
  const named = /(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*结束/.exec(words)?.[1];
  const end = named === undefined ? undefined : instantOf(named, timeZone);
  if (end === undefined || end <= now) return DEFAULT_PENALTY_MS;
  return Math.min(end - now, LONGEST_PENALTY_MS);
}

/** The quota is counted by calendar month. */
function untilNextMonth(now: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit' });
  const [year = 0, month = 0] = format.format(now).split('-').map(Number);
  const next = month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`;
  return (instantOf(`${next}-01 00:00:00`, timeZone) ?? now) - now;
}

/** The vendor's words as they may be shown: short, long runs of digits (accounts, ids) masked. */
function forPeople(words: string): string {
  return words.replace(/\d{8,}/g, (digits) => `…${digits.slice(-4)}`).slice(0, 500);
}
