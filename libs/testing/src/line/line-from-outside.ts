import { join } from 'node:path';
import { readBook } from '@voucherline/connector-kit/sandbox';
import { documentKey, sum, type Topic, voucherKey } from '@voucherline/contracts';
import { DingtalkSandboxControl, type KingdeeDocument, KingdeeSandboxControl } from '@voucherline/local';
import { type Broker, createKafkaBroker, kafkaConnectionOf, type Located, readAbout } from '@voucherline/pipeline';
import { KafkaConfig, loadConfig } from '@voucherline/platform';
import { about, faultsOfBook, faultsOfWholeBook, type Owed } from './oracle.js';
import type { StackFacts } from './start-test-stack.js';
import { travelForm, travelVouchers } from './travel-claims.js';

/** The companies of the tests: each has a Kingdee of its own. */
export type Company = 'hq' | 'east';

export const COMPANIES = ['hq', 'east'] as const satisfies readonly Company[];

export const SANDBOX_OF = { hq: 'kingdee-sandbox', east: 'second-kingdee-sandbox' } as const;

/** The forms of the tests' DingTalk, by what becomes of them. `later`: its flow has not begun; `short`: little patience. */
export const FORMS = {
  hq: 'PROC-PAYMENT',
  east: 'PROC-PAYMENT-EAST',
  later: 'PROC-PAYMENT-LATER',
  short: 'PROC-PAYMENT-SHORT',
  expense: 'PROC-EXPENSE',
  travel: 'PROC-TRAVEL',
} as const;

export const CORP = 'dingcorp0001';

/** A payment request or expense claim in DingTalk, and what it is worth once it is approved. */
export interface Case extends Owed {
  readonly company: Company;
  readonly instance: string;
}

/** A line of DingTalk's book about an instance. */
interface BookedInstance {
  readonly id: string;
  /** `instance`, or `comment`. */
  readonly form: string;
  readonly processCode: string;
  readonly result: string;
  readonly bizAction: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** What tells an approval's story, in the order of the line. */
export const STORY: readonly Topic[] = ['approvals.events.v1', 'vouchers.commands.v1', 'vouchers.events.v1'];

/** The running line from outside: the vendors at both ends, and the log between them. Knows nothing of test runners. */
export class LineFromOutside {
  readonly facts: StackFacts;
  readonly dingtalk: DingtalkSandboxControl;
  readonly kingdee: Readonly<Record<Company, KingdeeSandboxControl>>;
  readonly broker: Broker;

  /** @param clientId how it is called in the broker's log */
  constructor(facts: StackFacts, clientId: string) {
    const { ports, environment } = facts;
    this.facts = facts;
    this.dingtalk = new DingtalkSandboxControl(ports['dingtalk-sandbox']);
    this.kingdee = {
      hq: new KingdeeSandboxControl(ports[SANDBOX_OF.hq]),
      east: new KingdeeSandboxControl(ports[SANDBOX_OF.east]),
    };
    this.broker = createKafkaBroker({ ...kafkaConnectionOf(loadConfig(KafkaConfig, environment)), clientId });
  }

  close(): Promise<void> {
    return this.broker.close();
  }

  /** Makes a payment application in Kingdee and submits the payment request for it in DingTalk. */
  async requestPayment(
    amount: string,
    { form = 'hq' as Exclude<keyof typeof FORMS, 'expense' | 'travel'>, audited = true, reason = '' } = {},
  ): Promise<Case & { readonly application: string }> {
    const company: Company = form === 'east' ? 'east' : 'hq';
    const application = await this.kingdee[company].apply({ amount, audited });
    const { id: instance } = await this.dingtalk.submit({
      processCode: FORMS[form],
      title: `付款申请 ${application}`,
      form: { 付款申请单号: application, 付款金额: amount, 付款事由: `payment ${application} ${reason}`.trim() },
    });
    return {
      ...{ company, instance, subject: subjectOf(instance), voucher: 'payment-bill', form: 'AP_PAYBILL' },
      ...{ amount, currency: 'CNY', application },
    };
  }

  /** Submits an expense claim over CNY 1.00 or more in DingTalk: two lines, one of them with tax. */
  async claimExpense(amount: string, reason = 'travel'): Promise<Case> {
    const { id: instance } = await this.dingtalk.submit({
      processCode: FORMS.expense,
      title: `报销 ${amount}`,
      form: {
        报销事由: reason,
        费用明细: [
          { 费用类型: '差旅费', 部门: '销售部', 币种: 'CNY', 金额: sum([amount, '-0.50']), 税额: '0.03' },
          { 费用类型: '办公费', 部门: '研发部', 币种: 'CNY', 金额: '0.50', 税额: '' },
        ],
      },
    });
    return {
      ...{ company: 'hq', instance, subject: subjectOf(instance), voucher: 'accounting-voucher', form: 'GL_VOUCHER' },
      ...{ amount, currency: 'CNY' },
    };
  }

  /** Submits a travel claim in DingTalk; gives its accrual and its settlement. */
  async claimTravel(hotel: string): Promise<readonly [Case, Case]> {
    const { id: instance } = await this.dingtalk.submit({
      processCode: FORMS.travel,
      title: `差旅 ${hotel}`,
      form: travelForm(hotel),
    });
    const [accrual, settlement] = travelVouchers(subjectOf(instance), hotel);
    const of = { company: 'hq', instance } as const;
    return [
      { ...of, ...accrual },
      { ...of, ...settlement },
    ];
  }

  /** The book of a company's Kingdee, from the disk. */
  book(company: Company): readonly KingdeeDocument[] {
    const path = join(this.facts.folder, SANDBOX_OF[company], 'kingdee-galaxy.jsonl');
    return readBook(path) as unknown as readonly KingdeeDocument[];
  }

  /** Every voucher that DingTalk's own book, from the disk, could be owed: all that was ever approved there. */
  everApproved(company: Company): readonly Owed[] {
    const path = join(this.facts.folder, 'dingtalk-sandbox', 'dingtalk.jsonl');
    const instances = readBook(path) as unknown as readonly BookedInstance[];
    return instances
      .filter(({ form, result, bizAction }) => form === 'instance' && result === 'agree' && bizAction !== 'REVOKE')
      .filter(({ processCode }) => (processCode === FORMS.east) === (company === 'east'))
      .flatMap(owedFor);
  }

  /** The document that each case has in its book, where it has one. */
  documentsOf<C extends Case>(cases: readonly C[]): ReadonlyMap<C, KingdeeDocument> {
    const books = { hq: this.#byKey('hq'), east: this.#byKey('east') };
    return new Map(
      cases.flatMap((one) => {
        const document = books[one.company].get(voucherKey(one.subject, one.voucher, 0));
        return document === undefined ? [] : [[one, document] as const];
      }),
    );
  }

  #byKey(company: Company): ReadonlyMap<string, KingdeeDocument> {
    const live = this.book(company).filter((document) => !('deleted' in document));
    return new Map(live.map((document) => [document.key, document]));
  }

  /** What is wrong in the books with what these cases are worth, in words; empty when each has its one voucher. */
  faultsOf(cases: readonly Case[]): readonly string[] {
    return COMPANIES.flatMap((company) => {
      const owed = cases.filter((one) => one.company === company);
      return faultsOfBook(about(this.book(company), owed), owed);
    });
  }

  /** What is wrong with both whole books, given all that was ever approved; a voucher that is missing is none of it. */
  faultsOfAll(): readonly string[] {
    return COMPANIES.flatMap((company) => faultsOfWholeBook(this.book(company), this.everApproved(company)));
  }

  /** Everything the log tells about a case after normalising, in order. */
  story({ subject }: Pick<Case, 'subject'>, topics = STORY): Promise<readonly Located[]> {
    return readAbout(this.broker, subject, topics);
  }
}

/** The vouchers that an approved instance may come to have. */
function owedFor({ id, processCode, fields }: BookedInstance): readonly Owed[] {
  const field = (wanted: string) => fields.find(({ name }) => name === wanted)?.value ?? '';
  const head = { subject: subjectOf(id), currency: 'CNY' };
  switch (processCode) {
    case FORMS.expense: {
      // Claims of the tests are in CNY.
      const amount = sum(column(field('费用明细'), '金额'));
      return [{ ...head, voucher: 'accounting-voucher', form: 'GL_VOUCHER', amount }];
    }
    case FORMS.travel:
      return travelVouchers(head.subject, sum(column(field('行程明细'), '住宿费')));
    default: {
      const application = field('付款申请单号');
      return [{ ...head, voucher: 'payment-bill', form: 'AP_PAYBILL', amount: field('付款金额'), application }];
    }
  }
}

/** A column of a detail table, as DingTalk keeps it. */
function column(table: string, wanted: string): readonly string[] {
  const rows = JSON.parse(table) as readonly { readonly rowValue: readonly { label: string; value: string }[] }[];
  return rows.flatMap(({ rowValue }) => rowValue.filter(({ label }) => label === wanted).map(({ value }) => value));
}

export function subjectOf(instance: string): string {
  return documentKey({ product: 'dingtalk', account: CORP, kind: 'approval', id: instance });
}
