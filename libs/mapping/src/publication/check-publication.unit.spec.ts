import type { ConnectionContent } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import type { PublishableConnection } from '../connection/check-connection.js';
import type { CheckedFile } from '../file/check-file.js';
import { faultText } from '../file/fault.js';
import { checkFlow, type PublishableFlow } from '../flow/check-flow.js';
import { checkPublication, type InForce } from './check-publication.js';
import { publishedVoucher } from './voucher-names.js';

/** Takes a decimal for its amount, and no ids. */
const checkPayload = (payload: Readonly<Record<string, unknown>>) => {
  const faults = Object.hasOwn(payload, 'FID') ? ['FID: ids are not for flows'] : [];
  return /^[0-9.]+$/.test(String(payload.a)) ? faults : [...faults, 'a: must be a decimal'];
};
const operationsOf = (product: string) => {
  return product === 'kingdee-galaxy' ? { 'push-payment-bill': { checkPayload } } : undefined;
};

const masterDataOf = (product: string) => {
  return product === 'kingdee-galaxy' ? { accounts: { columns: ['code', 'name'] } } : undefined;
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
accountingDate: =approval.approvedOn
amount: =[付款金额]
currency: CNY
payload: { a: "1" }
`;
  const checked = checkFlow(change(text), `${name}.yaml`);
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return checked;
}

const source = connection('dingtalk-main', 'dingtalk', 'corp1');
const target = connection('kingdee-hq', 'kingdee-galaxy', 'acct1');
const nothing: InForce = { flows: [], connections: [], vouchers: [] };
const inForce: InForce = { ...nothing, connections: [source, target] };

/** In force after these were published, one after the other. */
function after(...published: readonly CheckedFile<PublishableFlow>[]): InForce {
  const vouchers = published.map(({ value: { flow, content } }) => publishedVoucher({ name: flow.name, content }));
  const newest = new Map(published.map(({ value: { flow } }) => [flow.name, flow]));
  return { ...inForce, flows: [...newest.values()], vouchers };
}

function faults(
  flows: CheckedFile<PublishableFlow>[],
  connections: ConnectionContent[] = [],
  before: InForce = inForce,
): string {
  return checkPublication({ flows, connections: connections.map(file) }, before, operationsOf, masterDataOf)
    .map(faultText)
    .join('\n');
}

describe('a publication', () => {
  it('may bring a flow and its connections together, and all of it again', () => {
    expect(faults([flow('pay')], [source, target], nothing)).toBe('');
    expect(faults([flow('pay')], [source, target], after(flow('pay')))).toBe('');
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
    const withPayload = (payload: string) => faults([flow('pay', (text) => text.replace('{ a: "1" }', payload))]);
    expect(withPayload('{ a: x }')).toMatch(
      /pay\.yaml:8:1: payload: push-payment-bill would refuse.* a: must be a decimal/,
    );
    expect(withPayload('{ a: "=[金额]", FID: "=[单号]" }')).toMatch(/FID: ids are not for flows\. Mend/);
    expect(withPayload('{ a: "=[金额]" }')).toBe('');
  });

  it('with a payload that is refused in some cases only may be published', () => {
    const withPayload = (payload: string) => faults([flow('pay', (text) => text.replace('{ a: "1" }', payload))]);
    expect(withPayload('{ a: "1", FID: { $if: "=[金额] > 1", $value: x } }')).toBe('');
    expect(withPayload('{ a: { $if: "=[金额] > 1", $value: "1" } }')).toBe('');
    expect(withPayload('{ a: { $if: "=[金额] > 1", $value: x } }')).toMatch(/a: must be a decimal/);
  });

  it('with a look-up in master data that nobody pulls is refused', () => {
    const looking = (table: string, column = 'code') =>
      flow('pay', (text) => text.replace('"1" }', `'=lookup("${table}", "${column}", "name", [科目])' }`));
    const pulling = { ...target, settings: { masterData: ['accounts'] } };
    const before = { ...inForce, connections: [source, pulling] };
    expect(faults([looking('kingdee-hq/accounts')], [], before)).toBe('');
    expect(faults([looking('kingdee-hq/accounts')])).toMatch(
      /pay\.yaml:8:12: payload\.a: connection kingdee-hq does not pull accounts\. Add accounts to `settings\.masterData`/,
    );
    expect(faults([looking('kingdee-hq/accounts', 'number')], [], before)).toMatch(
      /the table "kingdee-hq\/accounts" has no column "number"\. Choose one of code, name/,
    );
    expect(faults([looking('kingdee-hq/customers')], [], before)).toMatch(
      /kingdee-galaxy shows no master data "customers"\. Choose one of: kingdee-hq\/accounts/,
    );
    expect(faults([looking('dingtalk-main/users')], [], before)).toMatch(/dingtalk shows no master data "users"/);
    expect(faults([looking('kingdee-east/accounts')], [], before)).toMatch(
      /connection kingdee-east, which is not published/,
    );
  });

  it('with two flows that make the same voucher of one kind is refused', () => {
    expect(faults([flow('pay'), flow('pay-too')])).toMatch(
      /flow pay-too already makes "payment-bill" from PROC-PAYMENT/,
    );
    expect(faults([flow('pay')], [], after(flow('pay-too')))).toMatch(/flow pay-too already makes/);
  });

  const copy = (change: (text: string) => string = (text) => text) =>
    flow('copy', (text) => change(text.replace('name: payment-bill', 'name: copy')));
  const alongside = (text: string) => `${text}alongside: [pay]\n`;

  it('with two flows that may take one approval is refused, unless one says that it is meant', () => {
    expect(faults([flow('pay'), copy()])).toMatch(
      /pay\.yaml:3:38: source\.kinds: flow copy takes PROC-PAYMENT too, .* `alongside: \[copy\]`/,
    );
    expect(faults([copy()], [], after(flow('pay')))).toMatch(/copy\.yaml:3:38: .*flow pay takes PROC-PAYMENT too/);
    expect(faults([flow('pay'), copy(alongside)])).toBe('');
    expect(faults([flow('pay')], [], after(flow('pay'), copy(alongside)))).toBe('');
    expect(faults([flow('pay'), copy((text) => text.replace('PROC-PAYMENT', 'PROC-OTHER'))])).toBe('');
  });

  it('with two flows that ask one field for different values may be published', () => {
    const when = (value: string) => (text: string) => `${text}when: =[付款方式] = "${value}" and [付款金额] > 0\n`;
    expect(faults([flow('pay', when('转账')), copy(when('现金'))])).toBe('');
    expect(faults([flow('pay', when('转账')), copy(when('转账'))])).toMatch(/takes PROC-PAYMENT too/);
  });

  it('with a flow alongside one that nobody knows is refused', () => {
    expect(faults([copy(alongside)])).toMatch(
      /copy\.yaml:9:13: alongside\[0\]: there is no other flow pay\. Publish it/,
    );
  });

  const after1 = (name: string) => (text: string) => text.replace('patience: 1h', `patience: 1h, after: [${name}]`);

  it('with an order that names no voucher, or goes round in a circle, is refused', () => {
    const later = copy((text) => alongside(after1('payment-bill')(text)));
    expect(faults([flow('pay'), later])).toBe('');
    expect(faults([later], [], after(flow('pay')))).toBe('');
    expect(faults([flow('pay', after1('memo'))])).toMatch(
      /pay\.yaml:4:\d+: voucher\.after\[0\]: no flow beside this one makes "memo"\. Name/,
    );
    expect(faults([flow('pay', after1('copy')), later])).toMatch(
      /voucher\.after: the vouchers wait for each other: payment-bill after copy after payment-bill\. Take/,
    );
    expect(faults([flow('pay', after1('payment-bill'))])).toMatch(/payment-bill after payment-bill/);
  });

  it('that renames the voucher of a published flow is refused', () => {
    const renamed = flow('pay', (text) => text.replace('name: payment-bill', 'name: bill'));
    expect(faults([renamed], [], after(flow('pay')))).toMatch(
      /pay\.yaml:4:12: voucher\.name: flow pay is published with the voucher name "payment-bill".* Write payment-bill again/,
    );
  });

  it('that uses the voucher name of another flow again is refused, also when that one has left it', () => {
    const elsewhere = flow('pay', (text) => text.replace('PROC-PAYMENT', 'PROC-OTHER'));
    const successor = flow('pay-too');
    expect(faults([successor], [], after(flow('pay'), elsewhere))).toMatch(
      /pay-too\.yaml:4:12: voucher\.name: "payment-bill" was published as the voucher of flow pay for the same kind/,
    );
    const other = flow('pay-too', (text) => text.replace('PROC-PAYMENT', 'PROC-THIRD'));
    expect(faults([other], [], after(flow('pay'), elsewhere))).toBe('');
  });

  it('knows the voucher names of contents that this version can not read', () => {
    const content = { later: true, source: { connection: 'dingtalk-main', kinds: ['PROC-PAYMENT'] } };
    const unreadable = publishedVoucher({ name: 'old', content: { ...content, voucher: { name: 'payment-bill' } } });
    expect(faults([flow('pay')], [], { ...inForce, vouchers: [unreadable] })).toMatch(/the voucher of flow old/);
    expect(publishedVoucher({ name: 'old', content: {} })).toMatchObject({ kinds: [] });
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
