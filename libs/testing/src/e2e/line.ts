import { join } from 'node:path';
import { readBook } from '@voucherline/connector-kit/sandbox';
import { type AnyMessage, documentKey, type MessageType, type Topic } from '@voucherline/contracts';
import { DingtalkSandboxControl, type KingdeeDocument, KingdeeSandboxControl } from '@voucherline/local';
import { type Broker, createKafkaBroker, type Located, readAbout } from '@voucherline/pipeline';
import { expect } from 'vitest';
import { eventually } from './eventually.js';
import { expectBook, faultsOfWholeBook, type Owed } from './oracle.js';
import { type Processes, processesOf, stackFacts } from './processes.js';
import type { StackFacts } from './start-test-stack.js';

/** The companies of the tests: each has a Kingdee of its own. */
export type Company = 'hq' | 'east';

export const SANDBOX_OF = { hq: 'kingdee-sandbox', east: 'second-kingdee-sandbox' } as const;

/** The forms of the tests' DingTalk, by what becomes of them. `later`: its flow has not begun; `short`: little patience. */
export const FORMS = {
  hq: 'PROC-PAYMENT',
  east: 'PROC-PAYMENT-EAST',
  later: 'PROC-PAYMENT-LATER',
  short: 'PROC-PAYMENT-SHORT',
  expense: 'PROC-EXPENSE',
} as const;

const CORP = 'dingcorp0001';

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
const STORY: readonly Topic[] = ['approvals.events.v1', 'vouchers.commands.v1', 'vouchers.events.v1'];

/** The running line from outside: the vendors at both ends, the log between them, the processes that make it go. */
export class Line {
  private constructor(
    readonly facts: StackFacts,
    readonly processes: Processes,
    readonly dingtalk: DingtalkSandboxControl,
    readonly kingdee: Readonly<Record<Company, KingdeeSandboxControl>>,
    readonly broker: Broker,
  ) {}

  static async open(controlUrl: string): Promise<Line> {
    const facts = await stackFacts(controlUrl);
    const { ports, environment } = facts;
    return new Line(
      facts,
      processesOf(controlUrl),
      new DingtalkSandboxControl(ports['dingtalk-sandbox']),
      {
        hq: new KingdeeSandboxControl(ports[SANDBOX_OF.hq]),
        east: new KingdeeSandboxControl(ports[SANDBOX_OF.east]),
      },
      createKafkaBroker({ brokers: (environment.KAFKA_BROKERS ?? '').split(','), clientId: 'e2e' }),
    );
  }

  close(): Promise<void> {
    return this.broker.close();
  }

  /** Makes a payment application in Kingdee and submits the payment request for it in DingTalk. */
  async requestPayment(
    amount: string,
    { form = 'hq' as Exclude<keyof typeof FORMS, 'expense'>, audited = true } = {},
  ): Promise<Case & { readonly application: string }> {
    const company: Company = form === 'east' ? 'east' : 'hq';
    const application = await this.kingdee[company].apply({ amount, audited });
    const { id: instance } = await this.dingtalk.submit({
      processCode: FORMS[form],
      title: `付款申请 ${application}`,
      form: { 付款申请单号: application, 付款金额: amount, 付款事由: `end-to-end ${application}` },
    });
    return {
      ...{ company, instance, subject: subjectOf(instance), voucher: 'payment-bill', form: 'AP_PAYBILL' },
      ...{ amount, currency: 'CNY', application },
    };
  }

  /** Submits an expense claim in DingTalk. */
  async claimExpense(amount: string): Promise<Case> {
    const { id: instance } = await this.dingtalk.submit({
      processCode: FORMS.expense,
      title: `报销 ${amount}`,
      form: { 报销金额: amount, 报销事由: 'end-to-end' },
    });
    return {
      ...{ company: 'hq', instance, subject: subjectOf(instance), voucher: 'accounting-voucher', form: 'GL_VOUCHER' },
      ...{ amount, currency: 'CNY' },
    };
  }

  /** The book of a company's Kingdee, from the disk. */
  book(company: Company): readonly KingdeeDocument[] {
    const path = join(this.facts.folder, SANDBOX_OF[company], 'kingdee-galaxy.jsonl');
    return readBook(path) as unknown as readonly KingdeeDocument[];
  }

  /** Every voucher that DingTalk's own book, from the disk, could be owed: all that was ever approved there. */
  #everApproved(company: Company): readonly Owed[] {
    const path = join(this.facts.folder, 'dingtalk-sandbox', 'dingtalk.jsonl');
    const instances = readBook(path) as unknown as readonly BookedInstance[];
    return instances
      .filter(({ form, result, bizAction }) => form === 'instance' && result === 'agree' && bizAction !== 'REVOKE')
      .filter(({ processCode }) => (processCode === FORMS.east) === (company === 'east'))
      .map(({ id, processCode, fields }) => {
        const field = (wanted: string) => fields.find(({ name }) => name === wanted)?.value ?? '';
        const expense = processCode === FORMS.expense;
        return {
          ...{ subject: subjectOf(id), currency: 'CNY', amount: field(expense ? '报销金额' : '付款金额') },
          ...(expense
            ? { voucher: 'accounting-voucher', form: 'GL_VOUCHER' }
            : { voucher: 'payment-bill', form: 'AP_PAYBILL', application: field('付款申请单号') }),
        } as Owed;
      });
  }

  /** Waits until both whole books hold nothing of ours but single audited documents of approvals, right to the cent. */
  async expectNothingElse(): Promise<void> {
    await eventually('books without faults', () => {
      for (const company of ['hq', 'east'] as const) {
        expect(faultsOfWholeBook(this.book(company), this.#everApproved(company))).toEqual([]);
      }
    });
  }

  /** Waits until the books hold exactly what these cases are worth. */
  async expectPosted(cases: readonly Case[], options: { withinMs?: number } = {}): Promise<void> {
    await eventually(
      `${cases.length} vouchers in the book`,
      () => {
        for (const company of ['hq', 'east'] as const) {
          expectBook(
            this.book(company),
            cases.filter((one) => one.company === company),
          );
        }
      },
      options,
    );
  }

  /** Everything the log tells about a case after normalising, in order. */
  story({ subject }: Pick<Case, 'subject'>, topics = STORY): Promise<readonly Located[]> {
    return readAbout(this.broker, subject, topics);
  }

  /** Waits until a message of a type about this case is on the log, and gives the first. */
  told<T extends MessageType>(
    one: Pick<Case, 'subject'>,
    type: T,
    options: { withinMs?: number } = {},
  ): Promise<Extract<AnyMessage, { type: T }>> {
    return eventually(
      `${type} about ${one.subject}`,
      async () => {
        const story = await this.story(one, [...STORY, 'operations.events.v1', 'documents.collected.v1']);
        const found = story.find(({ message }) => message.type === type);
        if (found === undefined) throw new Error(`the log says ${story.map(({ message }) => message.type).join(', ')}`);
        return found.message as Extract<AnyMessage, { type: T }>;
      },
      { everyMs: 500, ...options },
    );
  }
}

export function subjectOf(instance: string): string {
  return documentKey({ product: 'dingtalk', account: CORP, kind: 'approval', id: instance });
}
