import type { ExclusiveValue } from '@voucherline/contracts';
import { type EffectsByKind, effectsByKind, generationKey } from './effects-by-kind.js';
import type { ClaimExclusive, ExclusiveHolder } from './exclusive-claim.js';
import { refusalOf, unreachable } from './intent-rules.js';
import {
  type AttemptBegun,
  type AttemptEnded,
  type IntentRecorded,
  isEnd,
  type LedgerChange,
  LedgerConflict,
  type LedgerStage,
  type LookedUp,
} from './ledger-effect.js';

type OfKind<K extends keyof EffectsByKind> = EffectsByKind[K] extends readonly (infer E)[] ? E : never;

export interface KnownVoucher extends Omit<IntentRecorded, 'kind' | 'at'> {
  readonly stage: LedgerStage;
  readonly chosen: string | null;
  readonly number: string | null;
  /** Whether it still stands in the way of another revision. */
  readonly live: boolean;
  readonly wasConfirmed: boolean;
}

export interface KnownAttempt extends Pick<AttemptBegun, 'n' | 'operation' | 'requestHash'> {
  readonly epoch: number;
  readonly outcome: AttemptEnded['outcome'] | null;
}

interface Books {
  readonly vouchers: Map<string, KnownVoucher>;
  readonly attempts: Map<string, KnownAttempt[]>;
  readonly lookUps: Map<string, Pick<LookedUp, 'what' | 'found'>[]>;
  /** Holder's voucher key, by value. */
  readonly exclusive: Map<string, string>;
}

/** The ledger in memory, for unit tests; the same rules as in PostgreSQL, held by one suite. */
export class MemoryLedger {
  #books: Books = { vouchers: new Map(), attempts: new Map(), lookUps: new Map(), exclusive: new Map() };

  /** All or nothing. @throws {LedgerConflict} */
  async apply(changes: readonly LedgerChange[]): Promise<void> {
    this.applyNow(changes);
  }

  /** As {@link apply}, in the midst of a commit of the memory work store. */
  applyNow(changes: readonly LedgerChange[]): void {
    const books = copyOf(this.#books);
    applyTo(books, effectsByKind(changes));
    this.#books = books;
  }

  /** Every generation of every voucher. */
  vouchers(): readonly KnownVoucher[] {
    return [...this.#books.vouchers.values()];
  }

  /** @throws {LedgerConflict} for a voucher that is not live. */
  readonly claim: ClaimExclusive = async (claim) => {
    const { vouchers, exclusive } = this.#books;
    const { voucherKey, values } = claim;
    if (vouchers.get(generationKey(claim))?.live !== true)
      throw new LedgerConflict(claim, 'is not live, so it can claim nothing');
    for (const value of values) {
      const holder = exclusive.get(valueKey(value)) ?? voucherKey;
      if (holder !== voucherKey) return holderOf(holder, value.name, vouchers);
    }
    for (const value of values) exclusive.set(valueKey(value), voucherKey);
    return null;
  };

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

const valueKey = ({ company, name, value }: ExclusiveValue): string => JSON.stringify([company, name, value]);

function holderOf(voucherKey: string, name: string, vouchers: Books['vouchers']): ExclusiveHolder {
  const known = [...vouchers.values()].findLast((one) => one.voucherKey === voucherKey);
  if (known === undefined) throw new Error(`${name} is held by a voucher without intent`);
  const { subject, voucher, revision, target } = known;
  return { name, voucherKey, subject, voucher, revision, target };
}

/** Entries are replaced and never changed, so that the maps are all there is to copy. */
function copyOf({ vouchers, attempts, lookUps, exclusive }: Books): Books {
  return {
    vouchers: new Map(vouchers),
    attempts: new Map(attempts),
    lookUps: new Map(lookUps),
    exclusive: new Map(exclusive),
  };
}

function applyTo(books: Books, effects: EffectsByKind): void {
  const { vouchers, attempts, lookUps, exclusive } = books;
  for (const choice of effects.chosenFirst) choose(vouchers, choice);
  for (const end of effects.ends) {
    if (vouchers.has(generationKey(end))) reachStage(vouchers, end);
    for (const [value, holder] of exclusive) if (holder === end.voucherKey) exclusive.delete(value);
  }
  for (const intent of effects.intent) recordIntent(vouchers, intent, effects.staysLive(intent));
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
  for (const choice of effects.chosen) choose(vouchers, choice);
  for (const stage of effects.stage) reachStage(vouchers, stage);
  for (const { document, number, ...about } of effects.confirmed) {
    const known = vouchers.get(generationKey(about));
    if (known?.chosen !== document || !known.live) {
      throw new LedgerConflict(about, `is confirmed by ${document}, which was not chosen, or is not live`);
    }
    vouchers.set(generationKey(about), { ...known, stage: 'confirmed', number, wasConfirmed: true });
  }
}

function recordIntent(
  vouchers: Books['vouchers'],
  { epoch: _epoch, ...effect }: OfKind<'intent'>,
  live: boolean,
): void {
  const { kind: _kind, at: _at, ...intent } = effect;
  const all = [...vouchers.values()];
  const known = all.filter(({ voucherKey }) => voucherKey === intent.voucherKey);
  const inTheWay = ({ subject, voucher, reverses, live: isLive }: KnownVoucher) =>
    isLive &&
    (intent.reverses === undefined
      ? reverses === undefined && subject === intent.subject && voucher === intent.voucher
      : reverses === intent.reverses);
  const exists = known.some(({ generation }) => generation === intent.generation);
  // One that is recorded and not live is ended by this very commit.
  const open = known.some(
    (one) => one.generation < intent.generation && (one.live || !['cancelled', 'working'].includes(one.stage)),
  );
  if (exists || open || (live && all.some(inTheWay))) {
    const refusal = refusalOf(effect, known);
    if (refusal === undefined) return;
    throw new LedgerConflict(intent, refusal);
  }
  vouchers.set(generationKey(intent), {
    ...intent,
    ...{ stage: 'working', chosen: null, number: null, live, wasConfirmed: false },
  });
}

function choose(vouchers: Books['vouchers'], { document, ...about }: OfKind<'chosen'>): void {
  const known = vouchers.get(generationKey(about));
  if (known === undefined || !known.live || (known.chosen ?? document) !== document) {
    throw new LedgerConflict(about, `has another chosen document than ${document}, or is not live`);
  }
  if (known.chosen === null && [...vouchers.values()].some(({ chosen }) => chosen === document)) {
    throw new LedgerConflict(about, `chooses ${document}, which stands for another voucher`);
  }
  vouchers.set(generationKey(about), { ...known, chosen: document });
}

function reachStage(vouchers: Books['vouchers'], { stage, ...about }: OfKind<'stage'>): void {
  const known = vouchers.get(generationKey(about));
  const refused = stage === 'cancelled' ? known?.wasConfirmed : stage === 'reversed' ? !known?.wasConfirmed : false;
  if (known === undefined || refused) throw new LedgerConflict(about, unreachable(stage));
  const reached = isEnd(known.stage) ? known.stage : stage;
  vouchers.set(generationKey(about), { ...known, stage: reached, live: known.live && !isEnd(stage) });
}
