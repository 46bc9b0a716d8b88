import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stand } from './stand.js';

/** The source and the target that the benchmark connects, and what stands in their documents. */
export const SOURCE = 'bench-dingtalk';
export const TARGET = 'bench-kingdee';
export const CORP = 'dingcorp0001';
export const APP_KEY = 'dingappkey000001';
export const APP_SECRET = 'sandboxAppSecret0001';
export const PROCESS_CODE = 'PROC-BENCH';
export const FLOW = 'bench-payment-request';
export const AMOUNT = '1280.50';

/** Who calls Kingdee's sandbox, as it is without settings. */
export const KINGDEE = {
  acctId: '65000000000001',
  userName: 'voucherline',
  appId: '100001_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY',
  appSecret: 'app-secret-for-tests',
  lcid: '2052',
  orgNum: '0',
} as const;

/** Secrets of the sandboxes as they are without settings; they open nothing else. */
export const CALLBACK = { token: 'callbackToken01', aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' } as const;
const SECRETS = {
  'bench-app-secret': APP_SECRET,
  'bench-callback-token': CALLBACK.token,
  'bench-callback-aes-key': CALLBACK.aesKey,
  'bench-kingdee-secret': KINGDEE.appSecret,
};

/** Calls that collector and writer, and their floors, have on their way at a time. */
export const CONCURRENCY = 16;

/** Nothing but the concurrency holds anything back. */
const LIMITS = `{ perSecond: 100000, perMonth: 1000000000, concurrency: ${CONCURRENCY} }`;

/** Publishes both connections and the flow by the command line, as an administrator would. */
export async function publish(stand: Stand): Promise<void> {
  stand.keepSecrets(SECRETS);
  const folder = join(stand.folder, 'flows');
  mkdirSync(folder, { recursive: true });
  const files = { source: source(stand), target: target(stand), flow: FLOW_FILE };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.yaml`), text);
  await stand.command('publish', folder);
}

const source = ({ ports }: Stand) => `
name: ${SOURCE}
product: dingtalk
account: ${CORP}
timeZone: Asia/Shanghai
settings:
  baseUrl: http://127.0.0.1:${ports['dingtalk-sandbox']}
  appKey: ${APP_KEY}
  processCodes: [${PROCESS_CODE}]
secrets:
  appSecret: bench-app-secret
  callbackToken: bench-callback-token
  callbackAesKey: bench-callback-aes-key
limits: ${LIMITS}
`;

const target = ({ ports }: Stand) => `
name: ${TARGET}
product: kingdee-galaxy
account: "${KINGDEE.acctId}"
timeZone: Asia/Shanghai
settings:
  baseUrl: http://127.0.0.1:${ports['kingdee-sandbox']}/k3cloud
  userName: ${KINGDEE.userName}
  appId: ${KINGDEE.appId}
secrets:
  appSecret: bench-kingdee-secret
limits: ${LIMITS}
`;

// From long ago, so that the approvals of the benchmark are posted and not recorded only.
const FLOW_FILE = `
name: ${FLOW}
title: { en: Payment request, zh: 付款申请 }
source: { connection: ${SOURCE}, kinds: [${PROCESS_CODE}] }
voucher: { name: payment-bill, target: ${TARGET}, operation: push-payment-bill, patience: 72h }
from: 2020-01-01T00:00:00+08:00
accountingDate: =approval.approvedOn
amount: =[付款金额]
currency: CNY
payload:
  applicationNumber: =[付款申请单号]
  remark: { $value: "=[付款事由]", $onMissing: omit }
`;
