import { type Approvals, localTime, newest } from '../vendors/approvals.js';
import type { Book } from '../vendors/book.js';
import { announce, announceAmendment } from '../vendors/callbacks.js';
import type { World } from '../world.js';
import { keysOf, type Truth } from './truth.js';

/** What happens to an approval, decided beforehand. */
type Course = 'approved' | 'refused' | 'withdrawn' | 'revoked' | 'amended';

const COURSES: readonly Course[] = [
  ...(Array(14).fill('approved') as Course[]),
  ...(['refused', 'withdrawn', 'revoked', 'revoked', 'amended', 'amended'] as const),
];

/** How long people submit, ms. */
export const SUBMITTING_MS = 90_000;

/** People who submit, decide, withdraw, revoke and amend approvals in DingTalk, and enter applications in the ERP. */
export class Employees {
  readonly truths: Truth[] = [];
  /** Approvals that people are not done with. */
  busy = 0;
  readonly #world: World;
  readonly #approvals: Approvals;
  readonly #book: Book;

  constructor(world: World, approvals: Approvals, book: Book) {
    this.#world = world;
    this.#approvals = approvals;
    this.#book = book;
  }

  /** Plans so many approvals. */
  start(count: number): void {
    const { clock, fate } = this.#world;
    this.busy = count;
    for (let n = 1; n <= count; n++) {
      clock.after(fate.below(SUBMITTING_MS), () => {
        void this.#live(n).then(() => {
          this.busy -= 1;
        });
      });
    }
  }

  async #live(n: number): Promise<void> {
    const { fate } = this.#world;
    const course = fate.pick(COURSES) as Course;
    const truth = this.#submit(n);
    this.truths.push(truth);
    for (let step = fate.between(0, 2); step > 0; step--) {
      await this.#wait(500, 15_000);
      this.#agree(truth);
    }
    await this.#wait(500, 15_000);
    if (course === 'refused') return this.#end(truth, { status: 'COMPLETED', result: 'refuse' });
    if (course === 'withdrawn') return this.#end(truth, { status: 'TERMINATED', result: '' });
    truth.approvedAt = this.#world.clock.now();
    this.#end(truth, { status: 'COMPLETED', result: 'agree' });
    if (course === 'approved') return;
    await this.#wait(0, 60_000);
    if (course === 'revoked') await this.#revoke(truth);
    else this.#amend(truth);
  }

  #submit(n: number): Truth {
    const { fate } = this.#world;
    const amount = `${fate.between(1, 99_999)}.${fate.between(10, 99)}`;
    const kind = fate.chance(0.5) ? 'payment' : 'expense';
    const application = kind === 'payment' ? `FKSQ${n}` : undefined;
    const form = kind === 'payment' ? paymentForm(String(application), amount) : expenseForm(amount);
    const instance = this.#approvals.submit(`inst-${n}`, kind === 'payment' ? 'PROC-PAYMENT' : 'PROC-EXPENSE', {
      form,
    });
    if (application !== undefined) this.#enter(application, amount);
    announce(this.#world, instance, 'open');
    const keys = keysOf(instance.document, kind);
    return { instance, kind, application, keys, approvedAt: undefined, revokedAt: undefined, amount };
  }

  #enter(application: string, amount: string): void {
    const { clock, weather } = this.#world;
    const late = weather.strikes('application audited late') ? weather.between(10_000, 120_000) : 0;
    const date = localTime(clock.now()).slice(0, 10);
    this.#book.applications.set(application, { amount: cny(amount), date, auditedAt: clock.now() + late });
  }

  #agree({ instance }: Truth): void {
    const { agreed = [] } = newest(instance);
    this.#approvals.change(instance, { agreed: [...agreed, localTime(this.#world.clock.now())] });
    announce(this.#world, instance, 'open');
  }

  #end(
    { instance }: Pick<Truth, 'instance'>,
    end: { status: 'COMPLETED' | 'TERMINATED'; result: 'agree' | 'refuse' | '' },
  ): void {
    this.#approvals.change(instance, { ...end, finished: localTime(this.#world.clock.now()) });
    announce(this.#world, instance, 'ended');
  }

  /** A revocation is an instance of its own that has to be approved. */
  async #revoke(truth: Truth): Promise<void> {
    const { id, processCode } = truth.instance;
    const revocation = this.#approvals.submit(`${id}-revocation`, processCode, { form: {}, revokes: id });
    announce(this.#world, revocation, 'open');
    await this.#wait(500, 30_000);
    truth.revokedAt = this.#world.clock.now();
    this.#end({ instance: revocation }, { status: 'COMPLETED', result: 'agree' });
  }

  /** The form is changed after the approval. */
  #amend(truth: Truth): void {
    const { fate } = this.#world;
    truth.amount = `${fate.between(1, 99_999)}.${fate.between(10, 99)}`;
    const form =
      truth.kind === 'payment' ? paymentForm(String(truth.application), truth.amount) : expenseForm(truth.amount);
    this.#approvals.change(truth.instance, { form });
    if (truth.application !== undefined) this.#enter(truth.application, truth.amount);
    announceAmendment(this.#world, truth.instance);
  }

  async #wait(least: number, most: number): Promise<void> {
    const { clock, fate } = this.#world;
    await clock.sleep(fate.between(least, most));
  }
}

function paymentForm(application: string, amount: string) {
  return { 付款申请单号: application, 付款金额: amount, 收款方: '样例供应商', 付款事由: '货款' };
}

function expenseForm(amount: string) {
  return {
    报销事由: '差旅',
    费用明细: [{ 费用类型: '差旅费', 部门: '销售部', 币种: 'CNY', 金额: amount, 税额: null }],
  };
}

export function cny(amount: string) {
  return { amount, currency: 'CNY' };
}
