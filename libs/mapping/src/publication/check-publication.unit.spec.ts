import type { ConnectionContent } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import type { PublishableConnection } from '../connection/check-connection.js';
import type { CheckedFile } from '../file/check-file.js';
import { faultText } from '../file/fault.js';
import { checkFlow, type PublishableFlow } from '../flow/check-flow.js';
import { checkPublication, type InForce } from './check-publication.js';

const operationsOf = (product: string) => (product === 'kingdee-galaxy' ? ['push-payment-bill'] : undefined);

function connection(name: string, product: string, account: string): ConnectionContent {
  const limits = { perSecond: 1, concurrency: 1 };
  return { name, product, account, timeZone: 'Asia/Shanghai', settings: {}, secrets: {}, limits };
}

function file(content: ConnectionContent): CheckedFile<PublishableConnection> {
  return {
    file: `${content.name}.yaml`,
    value: { connection: content, hash: content.account },
    place: ({ path, fault, mend }) => ({ file: 'c', line: 1, column: 1, field: path.join('.'), fault, mend }),
  };
}

function flow(name: string, change: (text: string) => string = (text) => text): CheckedFile<PublishableFlow> {
  const text = `name: ${name}
title: { en: a, zh: b }
source: { connection: dingtalk-main, kinds: [PROC-PAYMENT] }
voucher: { name: payment-bill, target: kingdee-hq, operation: push-payment-bill, patience: 1h }
accountingDate: approved
amount: { field: 付款金额, currency: CNY }
payload: { a: { const: x } }
`;
  const checked = checkFlow(change(text), `${name}.yaml`);
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return checked;
}

const source = connection('dingtalk-main', 'dingtalk', 'corp1');
const target = connection('kingdee-hq', 'kingdee-galaxy', 'acct1');
const inForce: InForce = { flows: [], connections: [source, target] };

function faults(
  flows: CheckedFile<PublishableFlow>[],
  connections: ConnectionContent[] = [],
  before: InForce = inForce,
): string {
  return checkPublication({ flows, connections: connections.map(file) }, before, operationsOf)
    .map(faultText)
    .join('\n');
}

describe('a publication', () => {
  it('may bring a flow and its connections together, and all of it again', () => {
    expect(faults([flow('pay')], [source, target], { flows: [], connections: [] })).toBe('');
    const { flow: published } = flow('pay').value;
    expect(faults([flow('pay')], [source, target], { flows: [published], connections: [source, target] })).toBe('');
  });

  it('with unknown connections or operations is refused', () => {
    const strange = flow('pay', (text) => text.replace('dingtalk-main', 'ding').replace('kingdee-hq', 'kd'));
    expect(faults([strange])).toMatch(
      /pay\.yaml:3:11: source\.connection: connection ding is not published.*dingtalk-main/,
    );
    expect(faults([strange])).toMatch(/voucher\.target: connection kd is not published/);
    const operation = flow('pay', (text) => text.replace('push-payment-bill', 'push'));
    expect(faults([operation])).toMatch(/kingdee-galaxy has no operation "push"\. Choose one of push-payment-bill/);
    const backwards = flow('pay', (text) => text.replace('kingdee-hq', 'dingtalk-main'));
    expect(faults([backwards])).toMatch(/dingtalk has no operation "push-payment-bill"\. Name a target/);
  });

  it('with two flows that make the same voucher of one kind is refused', () => {
    expect(faults([flow('pay'), flow('pay-too')])).toMatch(
      /flow pay-too already makes "payment-bill" from PROC-PAYMENT/,
    );
    const { flow: published } = flow('pay-too').value;
    expect(faults([flow('pay')], [], { ...inForce, flows: [published] })).toMatch(/flow pay-too already makes/);
    const another = flow('pay-too', (text) => text.replace('name: payment-bill', 'name: copy'));
    expect(faults([flow('pay'), another])).toBe('');
  });

  it('with one name in two files is refused', () => {
    expect(faults([flow('pay'), flow('pay')])).toMatch(/"pay" is also the name in pay\.yaml/);
  });

  it('with a second connection on a vendor account, or an account that moves, is refused', () => {
    expect(faults([], [connection('dingtalk-too', 'dingtalk', 'corp1')])).toMatch(
      /dingtalk-main already stands for account corp1/,
    );
    expect(faults([], [connection('dingtalk-main', 'dingtalk', 'corp2')])).toMatch(
      /stands for account corp1 of dingtalk since/,
    );
  });
});
