import type {
  CallContext,
  Level,
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

type Write = 'create' | 'mark' | 'submit' | 'post' | 'unpost' | 'void';

const carried = ({ voucherKey, generation }: VoucherIntent) => ({ voucherKey, generation });
const lost: WriteOutcome = { kind: 'inDoubt', reason: 'timeout' };
const state: WriteOutcome = { kind: 'rejected', code: 'STATE', words: 'state', owner: 'finance', nextStep: 'look' };

/** A target in memory with one operation, scripted faults and a record of its calls. */
export class FakeTarget implements TargetOperation {
  level: Level = 'L1';
  readonly settleMs = 60_000;
  reversal: Reversal = { kind: 'none' };
  /** What the conformance kit is said to have seen. */
  shownLevel: Level | undefined = 'L1';
  readonly documents: TargetDocument[] = [];
  readonly calls: string[] = [];
  readonly script: { [W in Write]?: Fault[] } = {};
  ready: Prerequisite = { ready: true };
  readonly #late: (() => void)[] = [];
  /** Ids given. */
  made = 0;

  constructor(
    readonly createCarriesKey: boolean,
    readonly now: () => number,
    readonly name = 'push-payment-bill',
  ) {}

  /** Documents are taken back by entries from now on; gives the operation that writes them, with documents of its own. */
  reversedByEntry(): FakeTarget {
    const entries = new FakeTarget(true, this.now, 'reverse-bill');
    this.reversal = { kind: 'entry', operation: entries };
    return entries;
  }

  /** The target takes documents back itself from now on. */
  reversedByUndoing(): void {
    const unpost = async (id: string, from: 'submitted' | 'posted') =>
      this.#write('unpost', () => this.#change(id, [from], { stage: 'draft' }));
    this.reversal = { kind: 'undo', unpost };
  }

  checkPayload(payload: Readonly<Record<string, unknown>>): readonly string[] {
    return 'FID' in payload ? ['FID: ids of existing documents are never set'] : [];
  }

  /** It keeps two digits. */
  checkExpectation(_payload: object, { amount }: VoucherIntent['expectation']): readonly string[] {
    return /\.\d{3}/.test(amount.amount) ? [`amount: ${amount.amount} is never shown`] : [];
  }

  async prerequisite(_intent: VoucherIntent): Promise<ReadOutcome<Prerequisite>> {
    this.calls.push('prerequisite');
    return { kind: 'read', value: this.ready };
  }

  async lookup(_intent: VoucherIntent): Promise<ReadOutcome<readonly TargetDocument[]>> {
    this.calls.push('lookup');
    return { kind: 'read', value: [...this.documents] };
  }

  async create(intent: VoucherIntent): Promise<WriteOutcome> {
    return this.#write('create', () => {
      const { id } = this.add({
        ours: true,
        ...intent.expectation,
        ...(this.createCarriesKey && carried(intent)),
      });
      return { kind: 'done', documentId: id };
    });
  }

  async mark(intent: VoucherIntent, id: string): Promise<WriteOutcome> {
    return this.#write('mark', () => this.#change(id, ['draft'], carried(intent)));
  }

  async read(id: string): Promise<ReadOutcome<TargetDocument>> {
    this.calls.push('read');
    const found = this.documents.find((one) => one.id === id);
    return found === undefined ? { kind: 'absent' } : { kind: 'read', value: found };
  }

  async submit(id: string): Promise<WriteOutcome> {
    return this.#write('submit', () => this.#change(id, ['draft'], { stage: 'submitted', number: `FKD${id}` }));
  }

  async post(id: string): Promise<WriteOutcome> {
    return this.#write('post', () => this.#change(id, ['submitted'], { stage: 'posted' }));
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
    this.made += 1;
    const id = String(100 + this.made);
    const document: TargetDocument = {
      id,
      document: `kingdee-galaxy/1/${this.name === 'push-payment-bill' ? 'AP_PAYBILL' : 'GL_VOUCHER'}/${id}`,
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
      shownLevels: {
        ...(this.shownLevel !== undefined && { [this.name]: this.shownLevel }),
        'reverse-bill': 'L1',
      },
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

  #change(id: string, from: readonly TargetDocument['stage'][], change: Partial<TargetDocument>): WriteOutcome {
    const index = this.documents.findIndex((one) => one.id === id);
    const document = this.documents[index];
    if (document === undefined || !from.includes(document.stage)) return state;
    this.documents[index] = { ...document, ...change };
    return { kind: 'done' };
  }
}
