import { kingdeeGalaxyTarget } from '@voucherline/connector-kingdee-galaxy/pure';
import {
  type CallContext,
  carriedKey,
  type Prerequisite,
  type ReadOutcome,
  type Reversal,
  readCarriedKey,
  type TargetCalls,
  type TargetDocument,
  type TargetOperation,
  type VoucherIntent,
  type WriteOutcome,
} from '@voucherline/connector-kit';
import { contentHash, inBoth } from '@voucherline/contracts';
import type { Process } from '../processes/process.js';
import type { World } from '../world.js';
import { type Book, type BookDocument, type Form, keyOfDocument } from './book.js';
import { type Requests, SETTLE_MS } from './requests.js';

/** What makes one operation different from another. */
interface Kind {
  readonly traits: Pick<TargetOperation, 'name' | 'level' | 'createCarriesKey' | 'checkPayload'>;
  readonly form: Form;
  readonly reversal: (calls: Calls) => Reversal;
}

const [PUSH, SAVE] = ['push-payment-bill', 'save-gl-voucher'] as const;
const pure = kingdeeGalaxyTarget.operations;

const RED: Kind = {
  traits: { name: 'red-gl-voucher', level: 'L2', createCarriesKey: true, checkPayload: () => [] },
  form: 'GL_VOUCHER',
  reversal: () => ({ kind: 'none' }),
};
const KINDS: readonly Kind[] = [
  {
    traits: pure[PUSH] as Kind['traits'],
    form: 'AP_PAYBILL',
    reversal: (calls) => ({
      kind: 'undo',
      unpost: (id, from) => calls.step('unpost', id, [from], { stage: 'draft' }),
    }),
  },
  {
    traits: pure[SAVE] as Kind['traits'],
    form: 'GL_VOUCHER',
    reversal: (calls) => ({ kind: 'entry', operation: calls.operation(RED) }),
  },
];

/** The simulated ERP as one process reaches it: a target of this product's operations, without HTTP. */
export function kingdeeFor(process: Process, world: World, book: Book, requests: Requests): TargetCalls {
  const calls = new Calls(process, world, book, requests);
  return {
    manifest: kingdeeGalaxyTarget.manifest,
    operations: Object.fromEntries(KINDS.map((kind) => [kind.traits.name, calls.operation(kind)])),
    shownLevels: Object.fromEntries([...KINDS, RED].map(({ traits }) => [traits.name, traits.level])),
    probe: () => calls.read('probe', () => ({ kind: 'read', value: undefined })),
  };
}

class Calls {
  constructor(
    private readonly process: Process,
    private readonly world: World,
    private readonly book: Book,
    private readonly requests: Requests,
  ) {}

  operation(kind: Kind): TargetOperation {
    return {
      ...kind.traits,
      settleMs: SETTLE_MS,
      reversal: kind.reversal(this),
      prerequisite: (intent) => this.read('prerequisite', () => ({ kind: 'read', value: this.#ready(kind, intent) })),
      lookup: (intent) => this.#lookup(kind, intent),
      create: (intent) => {
        this.requests.decided.push({ operation: 'create', about: intent.voucherKey });
        return this.write('create', intent.voucherKey, () => this.#create(kind, intent));
      },
      mark: ({ voucherKey, generation }, id) =>
        this.step('mark', id, ['draft'], { key: carriedKey(voucherKey, generation), number: `FKD${id}` }),
      read: (id, _context: CallContext) => this.read(`read ${id}`, () => this.#shown(id)),
      submit: (id) => this.step('submit', id, ['draft'], { stage: 'submitted', number: `N${id}` }),
      post: (id) => this.step('post', id, ['submitted'], { stage: 'posted' }),
      void: (id) => this.write('void', id, () => this.#void(id)),
    };
  }

  read<R extends ReadOutcome<unknown>>(
    what: string,
    answer: () => R,
  ): Promise<R | Exclude<ReadOutcome<never>, { kind: 'read' }>> {
    return this.process.exchange(`call ${what}`, () => this.requests.read(answer));
  }

  write(operation: string, about: string, execute: () => WriteOutcome): Promise<WriteOutcome> {
    return this.process.exchange(`call ${operation} ${about}`, () => this.requests.write(operation, about, execute));
  }

  /** A step of one document; in another stage it is refused. */
  step(
    operation: string,
    id: string,
    from: readonly BookDocument['stage'][],
    change: Partial<BookDocument>,
  ): Promise<WriteOutcome> {
    return this.write(operation, id, () => {
      const document = this.book.get(id);
      if (document === undefined || !from.includes(document.stage)) return refused(document);
      this.#trespass(operation, document);
      this.book.change(id, change);
      return { kind: 'done', documentId: id };
    });
  }

  async #lookup({ traits, form }: Kind, intent: VoucherIntent): Promise<ReadOutcome<readonly TargetDocument[]>> {
    this.requests.decided.push({ operation: 'lookup', about: intent.voucherKey });
    const origin = originOf(intent);
    const isMeant = (document: BookDocument) =>
      document.form === form &&
      ((origin !== undefined && document.origin === origin) ||
        (document.key !== undefined && readCarriedKey(document.key).voucherKey === intent.voucherKey));
    return this.read('lookup', () => {
      // Only a look-up that promises no more than L1 may lag.
      const seenAt = traits.level === 'L1' ? this.world.clock.now() : Infinity;
      const found = this.book.documents.filter((document) => isMeant(document) && document.visibleAt <= seenAt);
      return { kind: 'read' as const, value: found.map(shown) };
    });
  }

  #create({ form, traits }: Kind, intent: VoucherIntent): WriteOutcome {
    const { clock, weather } = this.world;
    const now = clock.now();
    const origin = originOf(intent);
    const application = origin === undefined ? undefined : this.book.applications.get(origin);
    if (origin !== undefined && (application?.auditedAt ?? Infinity) > now) return refused(undefined);
    const lag = weather.strikes('look-up lags') ? weather.between(0, 20_000) : 0;
    const { id } = this.book.add({
      form,
      ...(origin !== undefined && { origin }),
      ...(traits.createCarriesKey && { key: carriedKey(intent.voucherKey, intent.generation) }),
      ...(intent.reverses !== undefined && { reverses: intent.reverses.id }),
      // Kingdee's own rule gives a pushed bill what the application says.
      amount: application?.amount ?? intent.expectation.amount,
      date: application?.date ?? intent.expectation.date,
      ours: true,
      createdAt: now,
      visibleAt: now + lag,
    });
    return { kind: 'done', documentId: id };
  }

  #ready({ form }: Kind, intent: VoucherIntent): Prerequisite {
    if (form !== 'AP_PAYBILL') return { ready: true };
    const auditedAt = this.book.applications.get(originOf(intent) ?? '')?.auditedAt ?? Infinity;
    return auditedAt <= this.world.clock.now()
      ? { ready: true }
      : { ready: false, waitingFor: inBoth('the application', '付款申请单') };
  }

  #shown(id: string): ReadOutcome<TargetDocument> {
    const document = this.book.get(id);
    return document === undefined ? { kind: 'absent' } : { kind: 'read', value: shown(document) };
  }

  #void(id: string): WriteOutcome {
    const document = this.book.get(id);
    if (document?.stage !== 'draft') return refused(document);
    this.#trespass('void', document);
    this.book.delete(id);
    return { kind: 'done' };
  }

  #trespass(what: string, document: BookDocument): void {
    if (!document.ours) this.book.trespasses.push({ what, document });
  }
}

function originOf({ payload }: VoucherIntent): string | undefined {
  const { applicationNumber } = payload as { applicationNumber?: string };
  return applicationNumber;
}

function shown(document: BookDocument): TargetDocument {
  const { id, number, stage, amount, date, ours, createdAt, key } = document;
  const carried = key === undefined ? {} : readCarriedKey(key);
  const contentSha256 = contentHash(JSON.stringify(document));
  return {
    id,
    document: keyOfDocument(document),
    number,
    stage,
    status: stage,
    amount,
    date,
    ours,
    createdAt,
    ...carried,
    contentSha256,
  };
}

function refused(document: BookDocument | undefined): WriteOutcome {
  const words = document === undefined ? 'there is no such document' : `the document is ${document.stage}`;
  const nextStep = inBoth('Look at the document.', '请查看该单据。');
  return { kind: 'rejected', code: 'STATE', words, owner: 'finance', nextStep };
}
