import { setTimeout as pause } from 'node:timers/promises';
import { documentKey, voucherKey } from '@voucherline/contracts';
import { createKafkaBroker, kafkaConnectionOf, type Located, readAbout } from '@voucherline/pipeline';
import { KafkaConfig, loadConfig } from '@voucherline/platform';
import { DingtalkSandboxControl } from '../sandboxes/dingtalk.js';
import { type KingdeeDocument, KingdeeSandboxControl } from '../sandboxes/kingdee.js';
import type { Say } from '../say.js';
import type { Stack } from '../stack/start-stack.js';
import { hopLine, WAY } from './line-of-story.js';
import { sayWhatNext } from './what-next.js';

const LIMIT_MS = 60_000;
const CORP = 'dingcorp0001';
const AMOUNT = '12800.50';

/** Where it is played. */
export type StoryStage = Pick<Stack, 'ports' | 'environment'>;

/** What the story is about, once it is submitted. */
interface Request {
  readonly application: string;
  readonly instance: string;
  readonly subject: string;
  readonly key: string;
  /** ms since the epoch. */
  readonly submittedAt: number;
  readonly approvedAt: number;
}

/**
 * Plays the demonstration on a running stack: a payment request from DingTalk to Kingdee, with every hop on the way.
 * Resolves with whether the payment bill arrived in a minute and stands once.
 */
export async function playStory(stack: StoryStage, say: Say): Promise<boolean> {
  const dingtalk = new DingtalkSandboxControl(stack.ports['dingtalk-sandbox']);
  const kingdee = new KingdeeSandboxControl(stack.ports['kingdee-sandbox']);
  const connection = kafkaConnectionOf(loadConfig(KafkaConfig, stack.environment));
  const broker = createKafkaBroker({ ...connection, clientId: 'voucherline-demo' });
  try {
    const request = await submit(dingtalk, kingdee, say);
    const bill = await within(async () => {
      const [first] = await kingdee.paymentBills(request.application);
      return first?.status === 'C' ? first : undefined;
    });
    if (bill === undefined) return sayMissing(await readAbout(broker, request.subject, WAY), request, say);
    sayBill(bill, request, say);
    const noted = await within(async () => (await dingtalk.comments(request.instance))[0]);
    const story = await settled(() => readAbout(broker, request.subject, WAY));
    sayHops(story, request, say);
    say(
      noted === undefined
        ? '  钉钉单据上还没有回写 / no note on the approval yet'
        : `  钉钉回写 / the approval now says: ${noted}`,
    );
    const bills = await kingdee.paymentBills(request.application);
    say(`  付款单数量 / bills for ${request.application}: ${bills.length}`);
    sayWhatNext(stack, request.subject, say);
    return noted !== undefined && bills.length === 1;
  } finally {
    await broker.close();
  }
}

async function submit(dingtalk: DingtalkSandboxControl, kingdee: KingdeeSandboxControl, say: Say): Promise<Request> {
  const application = await kingdee.apply({ amount: AMOUNT, payee: '样例供应商' });
  say(`金蝶：付款申请单 ${application}，12,800.50 元，已审核`);
  say(`Kingdee: payment application ${application} over CNY 12,800.50 is entered and audited`);
  const submittedAt = Date.now();
  const { id, businessId } = await dingtalk.submit({
    processCode: 'PROC-PAYMENT',
    title: '张三提交的付款申请',
    form: { 付款申请单号: application, 付款金额: AMOUNT, 付款事由: '设备采购尾款' },
  });
  say(`钉钉：张三提交付款申请 ${businessId} / DingTalk: a payment request is submitted`);
  const approvedAt = Date.now();
  await dingtalk.agree(id);
  say('钉钉：经理同意，钉钉开始回调 / the manager agrees, DingTalk calls back (encrypted, signed)');
  const subject = documentKey({ product: 'dingtalk', account: CORP, kind: 'approval', id });
  const key = voucherKey(subject, 'payment-bill', 0);
  return { application, instance: id, subject, key, submittedAt, approvedAt };
}

function sayBill({ number, amount, currency, key }: KingdeeDocument, request: Request, say: Say): void {
  const seconds = ((Date.now() - request.approvedAt) / 1000).toFixed(1);
  say('');
  say(`  付款单 ${number}  ${currency} ${amount}  已审核`);
  say(`  Payment bill ${number}, audited in Kingdee ${seconds} s after the approval`);
  say(`  voucher key ${key}${key === request.key ? '' : ` (expected ${request.key})`}`);
}

function sayHops(story: readonly Located[], { subject, submittedAt }: Request, say: Say): void {
  say('');
  say(`Every hop of ${subject}, seconds since it was submitted, place in the log (topic/partition@offset):`);
  const inTime = [...story].sort((a, b) => a.record.timestamp - b.record.timestamp);
  for (const located of inTime) say(hopLine(located, submittedAt));
  say('');
}

/** Says what the log knows, so that the reader sees where it stopped. */
function sayMissing(story: readonly Located[], request: Request, say: Say): false {
  say('');
  say(
    `No audited payment bill for ${request.application} after ${LIMIT_MS / 1000} s. What the log says about ${request.subject}:`,
  );
  for (const located of story) say(hopLine(located, request.submittedAt));
  const last = story.at(-1)?.message.type;
  say(
    last === undefined
      ? 'Nothing: DingTalk’s callback did not arrive. See .data/logs/webhook-ingestion.log.'
      : `It stopped after ${last}. See .data/logs.`,
  );
  return false;
}

/** Asks again until there is an answer; undefined after the limit. */
async function within<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const limit = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > limit) return answer;
    await pause(100);
  }
}

/** Reads until a second reading shows no more: the last message may be on its way while its effect shows already. */
async function settled(read: () => Promise<readonly Located[]>): Promise<readonly Located[]> {
  for (let before = await read(); ; ) {
    await pause(500);
    const now = await read();
    if (now.length === before.length) return now;
    before = now;
  }
}
