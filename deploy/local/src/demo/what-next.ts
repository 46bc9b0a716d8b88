import type { Say } from '../say.js';
import type { Stack } from '../stack/start-stack.js';

/** Says what to try on the running stack, with commands that work as they stand in the checkout. */
export function sayWhatNext(
  { ports, environment }: Pick<Stack, 'ports' | 'environment'>,
  subject: string,
  say: Say,
): void {
  const at = (name: keyof typeof ports, path: string) => `http://127.0.0.1:${ports[name]}${path}`;
  const faults = (sandbox: 'dingtalk-sandbox' | 'kingdee-sandbox', fault: object) =>
    `curl -s ${at(sandbox, '/_sandbox/faults')} -d '${JSON.stringify(fault)}'`;
  const again = 'node deploy/local/dist/main.js story';
  const tries: readonly (readonly [string, ...string[]])[] = [
    ['整个经过 / the whole history, and its state at any moment', `npx --no-install voucherline approval ${subject}`],
    [
      '凭证各字段的来源 / where each field of its voucher came from',
      `npx --no-install voucherline flow explain ${subject}`,
    ],
    ['有什么在等 / what runs, what waits', 'npx --no-install voucherline status'],
    ['再演一次 / play it again', again],
    [
      '钉钉重复回调 / let DingTalk send each callback four times, then play it again: still one bill',
      faults('dingtalk-sandbox', { kind: 'duplicate:3', operation: 'callback' }),
    ],
    [
      '金蝶不回话 / let Kingdee commit the next Push and lose its answer, then play it again: still one bill',
      faults('kingdee-sandbox', { kind: 'dropAfterCommit', operation: 'Push', times: 1 }),
    ],
    [
      '杀掉服务 / kill a service; it comes back, and nothing doubles',
      `kill -9 $(node -p "require('./.data/run/erp-writer.json').pid")`,
    ],
    [
      '金蝶里的付款单 / the payment bills in Kingdee',
      `curl -s '${at('kingdee-sandbox', '/_sandbox/documents?form=AP_PAYBILL')}'`,
    ],
    [
      '重放 / read a topic again beside the record',
      'npx --no-install voucherline replay --topic documents.collected.v1 --from-offset 0 --dry-run',
    ],
    [
      '看主题 / look at a topic with any Kafka client',
      `kcat -b ${environment.KAFKA_BROKERS} -t vouchers.events.v1 -C -e`,
    ],
    [
      '写自己的流程 / write a flow of your own: deploy/flows/README.md; the samples tried on their cases',
      'npx --no-install voucherline flow test',
    ],
    ['指标 / metrics', at('erp-writer-ops', '/metrics')],
  ];
  say('接下来可以试试 / what to try next, in another terminal in this folder:');
  for (const [what, ...how] of tries) {
    say(`  ${what}`);
    for (const command of how) say(`    ${command}`);
  }
}
