import type {
  CallContext,
  Prerequisite,
  ReadOutcome,
  Reversal,
  TargetCalls,
  TargetDocument,
  TargetOperation,
  VoucherIntent,
  WriteOutcome,
} from '@voucherline/connector-kit';

/** What a scripted call does instead of what was asked. */
export type Fault =
  /** Nothing is executed; the outcome is answered. */
  | WriteOutcome
  /** Executed, and the answer lost. */
  | 'replyLost'
  /** Executed when `runLate` is called; the caller gives up before. */
  | 'late';

type Write = 'create' | 'mark' | 'submit' | 'post' | 'void';

const lost: WriteOutcome = { kind: 'inDoubt', reason: 'timeout' };
const state: WriteOutcome = { kind: 'rejected', code: 'STATE', words: 'state', owner: 'finance', nextStep: 'look' };

/** A target in memory with one operation, scripted faults and a record of its calls. */
export class FakeTarget implements TargetOperation {
  readonly name = 'push-payment-bill';
  readonly level = 'L1';
  readonly settleMs = 60_000;
  readonly reversal: Reversal = { kind: 'none' };
  readonly documents: TargetDocument[] = [];
  readonly calls: string[] = [];
  readonly script: { [W in Write]?: Fault[] } = {};
  ready: Prerequisite = { ready: true };
  readonly #late: (() => void)[] = [];
  #made = 0;

  constructor(
    readonly createCarriesKey: boolean,
    readonly now: () => number,
  ) {}

  checkPayload(payload: Readonly<Record<string, unknown>>): readonly string[] {
    return 'FID' in payload ? ['FID: ids of existing documents are never set'] : [];
  }

  async prerequisite(): Promise<ReadOutcome<Prerequisite>> {
    this.calls.push('prerequisite');
    return { kind: 'read', value: this.ready };
  }

  async lookup(): Promise<ReadOutcome<readonly TargetDocument[]>> {
    this.calls.push('lookup');
    return { kind: 'read', value: [...this.documents] };
  }

  async create(intent: VoucherIntent): Promise<WriteOutcome> {
    return this.#write('create', () => {
      const { id } = this.add({
        ours: true,
        ...intent.expectation,
        ...(this.createCarriesKey && { voucherKey: intent.voucherKey }),
      });
      return { kind: 'done', documentId: id };
    });
  }

  async mark(intent: VoucherIntent, id: string): Promise<WriteOutcome> {
    return this.#write('mark', () => this.#change(id, 'draft', { voucherKey: intent.voucherKey }));
  }

  async read(id: string): Promise<ReadOutcome<TargetDocument>> {
    this.calls.push('read');
    const found = this.documents.find((one) => one.id === id);
    return found === undefined ? { kind: 'absent' } : { kind: 'read', value: found };
  }

  async submit(id: string): Promise<WriteOutcome> {
    return this.#write('submit', () => this.#change(id, 'draft', { stage: 'submitted', number: `FKD${id}` }));
  }

  async post(id: string): Promise<WriteOutcome> {
    return this.#write('post', () => this.#change(id, 'submitted', { stage: 'posted' }));
  }

  async void(id: string): Promise<WriteOutcome> {
    return this.#write('void', () => {
      const index = this.documents.findIndex((one) => one.id === id && one.stage === 'draft');
      if (index < 0) return state;
      this.documents.splice(index, 1);
      return { kind: 'done' };
    });
  }

  /** Puts a document in, as a clerk would unless `ours` is given. */
  add(change: Partial<TargetDocument>): TargetDocument {
    this.#made += 1;
    const id = String(100 + this.#made);
    const document: TargetDocument = {
      id,
      document: `kingdee-galaxy/1/AP_PAYBILL/${id}`,
      number: '',
      stage: 'draft',
      status: 'A',
      amount: { amount: '100.00', currency: 'CNY' },
      payee: 'S001',
      date: '2026-03-31',
      ours: false,
      createdAt: this.now(),
      contentSha256: 'c',
      ...change,
    };
    this.documents.push(document);
    return document;
  }

  /** Lets everything that is late be executed now. */
  runLate(): void {
    for (const run of this.#late.splice(0)) run();
  }

  /** The target as a connector, for a product. */
  asCalls(): TargetCalls {
    return {
      manifest: {} as TargetCalls['manifest'],
      operations: { [this.name]: this },
      shownLevels: { [this.name]: this.level },
      probe: async (_context: CallContext) => ({ kind: 'read', value: undefined }),
    };
  }

  #write(name: Write, execute: () => WriteOutcome): WriteOutcome {
    this.calls.push(name);
    const fault = this.script[name]?.shift();
    if (fault === undefined) return execute();
    if (fault === 'late') {
      this.#late.push(execute);
      return lost;
    }
    if (fault !== 'replyLost') return fault;
    execute();
    return lost;
  }

  #change(id: string, stage: TargetDocument['stage'], change: Partial<TargetDocument>): WriteOutcome {
    const index = this.documents.findIndex((one) => one.id === id);
    const document = this.documents[index];
    if (document?.stage !== stage) return state;
    this.documents[index] = { ...document, ...change };
    return { kind: 'done' };
  }
}
