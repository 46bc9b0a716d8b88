import { type EffectsByKind, effectsByKind, generationKey } from './effects-by-kind.js';
import {
  type AttemptBegun,
  type AttemptEnded,
  type IntentRecorded,
  type LedgerChange,
  LedgerConflict,
  type LedgerStage,
  type LookedUp,
} from './ledger-effect.js';

export interface KnownVoucher extends Omit<IntentRecorded, 'kind' | 'at'> {
  readonly stage: LedgerStage;
  readonly chosen: string | null;
  readonly number: string | null;
}

export interface KnownAttempt extends Pick<AttemptBegun, 'n' | 'operation' | 'requestHash'> {
  readonly epoch: number;
  readonly outcome: AttemptEnded['outcome'] | null;
}

interface Books {
  readonly vouchers: Map<string, KnownVoucher>;
  readonly attempts: Map<string, KnownAttempt[]>;
  readonly lookUps: Map<string, Pick<LookedUp, 'what' | 'found'>[]>;
}

/** The ledger in memory, for unit tests; the same rules as in PostgreSQL, held by one suite. */
export class MemoryLedger {
  #books: Books = { vouchers: new Map(), attempts: new Map(), lookUps: new Map() };

  /** All or nothing. @throws {LedgerConflict} */
  async apply(changes: readonly LedgerChange[]): Promise<void> {
    this.applyNow(changes);
  }

  /** As {@link apply}, in the midst of a commit of the memory work store. */
  applyNow(changes: readonly LedgerChange[]): void {
    const books = structuredClone(this.#books);
    applyTo(books, effectsByKind(changes));
    this.#books = books;
  }

  /** Every generation of every voucher. */
  vouchers(): readonly KnownVoucher[] {
    return [...this.#books.vouchers.values()];
  }

  async voucher(voucherKey: string, generation: number): Promise<KnownVoucher | undefined> {
    return this.#books.vouchers.get(generationKey({ voucherKey, generation }));
  }

  async attempts(voucherKey: string, generation: number): Promise<readonly KnownAttempt[]> {
    return this.#books.attempts.get(generationKey({ voucherKey, generation })) ?? [];
  }

  async lookUps(voucherKey: string, generation: number): Promise<readonly Pick<LookedUp, 'what' | 'found'>[]> {
    return this.#books.lookUps.get(generationKey({ voucherKey, generation })) ?? [];
  }
}

function applyTo(books: Books, effects: EffectsByKind): void {
  const { vouchers, attempts, lookUps } = books;
  const change = (about: { voucherKey: string; generation: number }, fields: Partial<KnownVoucher>) => {
    const known = vouchers.get(generationKey(about));
    if (known === undefined) throw new LedgerConflict(about, 'has no intent');
    vouchers.set(generationKey(about), { ...known, ...fields });
  };
  for (const intent of effects.intent) recordIntent(vouchers, intent);
  for (const { n, operation, requestHash, epoch, ...about } of effects.attemptBegun) {
    const list = attempts.get(generationKey(about)) ?? [];
    if (list.some((one) => one.n === n))
      throw new LedgerConflict(about, `attempt ${n} (${operation}) was begun before`);
    attempts.set(generationKey(about), [...list, { n, operation, requestHash, epoch, outcome: null }]);
  }
  for (const { n, outcome, ...about } of effects.attemptEnded) {
    const list = attempts.get(generationKey(about)) ?? [];
    if (!list.some((one) => one.n === n && one.outcome === null))
      throw new LedgerConflict(about, `attempt ${n} is not open`);
    attempts.set(
      generationKey(about),
      list.map((one) => (one.n === n ? { ...one, outcome } : one)),
    );
  }
  for (const { what, found, ...about } of effects.lookedUp) {
    lookUps.set(generationKey(about), [...(lookUps.get(generationKey(about)) ?? []), { what, found }]);
  }
  for (const choice of effects.chosen) {
    const chosen = vouchers.get(generationKey(choice))?.chosen ?? null;
    if (chosen !== null && chosen !== choice.document) {
      throw new LedgerConflict(choice, `has another chosen document than ${choice.document}`);
    }
    if (chosen === null && [...vouchers.values()].some((one) => one.chosen === choice.document)) {
      throw new LedgerConflict(choice, `chooses ${choice.document}, which stands for another voucher`);
    }
    change(choice, { chosen: choice.document });
  }
  for (const stage of effects.stage) change(stage, { stage: stage.stage });
  for (const confirmed of effects.confirmed) {
    if (vouchers.get(generationKey(confirmed))?.chosen !== confirmed.document) {
      throw new LedgerConflict(confirmed, `is confirmed by ${confirmed.document}, which was not chosen`);
    }
    change(confirmed, { stage: 'confirmed', number: confirmed.number });
  }
}

function recordIntent(vouchers: Books['vouchers'], effect: EffectsByKind['intent'][number]): void {
  const { kind: _kind, at: _at, epoch: _epoch, ...intent } = effect;
  const known = vouchers.get(generationKey(intent));
  if (known !== undefined) {
    if (known.fingerprint === intent.fingerprint) return;
    throw new LedgerConflict(intent, `is known with content ${known.fingerprint}, not ${intent.fingerprint}`);
  }
  const live = [...vouchers.values()].some(
    (one) => one.subject === intent.subject && one.voucher === intent.voucher && one.stage !== 'discarded',
  );
  if (live) throw new LedgerConflict(intent, `another revision of ${intent.voucher} of ${intent.subject} is live`);
  vouchers.set(generationKey(intent), { ...intent, stage: 'working', chosen: null, number: null });
}
