import type { ConnectionContent } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import type { PublishableConnection } from '../connection/check-connection.js';
import type { CheckedFile } from '../file/check-file.js';
import { faultText } from '../file/fault.js';
import { checkFlow, type PublishableFlow } from '../flow/check-flow.js';
import { checkPublication, type InForce } from './check-publication.js';

/** Takes a decimal for its amount, and no ids. */
const checkPayload = (payload: Readonly<Record<string, unknown>>) => {
  const faults = Object.hasOwn(payload, 'FID') ? ['FID: ids are not for flows'] : [];
  return /^[0-9.]+$/.test(String(payload.a)) ? faults : [...faults, 'a: must be a decimal'];
};
const operationsOf = (product: string) => {
  return product === 'kingdee-galaxy' ? { 'push-payment-bill': { checkPayload } } : undefined;
};

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
payload: { a: { const: "1" } }
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

  it('with a payload that the target refuses whatever a form says is refused', () => {
    const withPayload = (payload: string) =>
      faults([flow('pay', (text) => text.replace('{ a: { const: "1" } }', payload))]);
    expect(withPayload('{ a: { const: x } }')).toMatch(
      /pay\.yaml:7:1: payload: push-payment-bill would refuse.* a: must be a decimal/,
    );
    expect(withPayload('{ a: { field: 金额 }, FID: { field: 单号 } }')).toMatch(/FID: ids are not for flows\. Mend/);
    expect(withPayload('{ a: { field: 金额 } }')).toBe('');
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
