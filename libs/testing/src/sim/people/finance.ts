import { parseDocumentKey } from '@voucherline/contracts';
import type { Book, BookDocument } from '../vendors/book.js';
import type { World } from '../world.js';
import { type Case, openCases } from './cases.js';

type Decision = 'ParkedReleased' | 'ParkedDiscarded';

/** Looks at the open cases so often, ms. */
const ROUND_MS = 5_000;
/** A case that is still open after a decision is decided again after this, ms. */
const AGAIN_MS = 30_000;

/** The day that finance gives to vouchers whose period is closed. */
export const REPLANNED_DAY = '2026-04-02';

/** Finance and administrators: mend what was parked as its next step says, and release or discard it. */
export class Finance {
  readonly #world: World;
  readonly #book: Book;
  readonly #replanned = new Set<string>();
  readonly #decidedAt = new Map<string, number>();
  #actions = 0;

  constructor(world: World, book: Book) {
    this.#world = world;
    this.#book = book;
  }

  start(): void {
    const { clock, weather } = this.#world;
    clock.every(ROUND_MS, () => this.#round());
    clock.every(1_000, () => {
      if (this.#book.isPeriodClosed || !weather.strikes('period closed, a second')) return;
      this.#book.isPeriodClosed = true;
      clock.after(weather.between(2_000, 30_000), () => {
        this.#book.isPeriodClosed = false;
      });
    });
  }

  #round(): void {
    const { clock } = this.#world;
    for (const parked of openCases(this.#world)) {
      if ((this.#decidedAt.get(parked.parkedId) ?? -Infinity) > clock.now() - AGAIN_MS) continue;
      const decision = this.#mend(parked);
      if (decision === undefined) continue;
      this.#decidedAt.set(parked.parkedId, clock.now());
      this.#decide(decision, parked);
    }
  }

  /** Does what the case asks for; says how it is decided. */
  #mend(parked: Case): Decision | undefined {
    const { code } = parked;
    if (code.startsWith('posting.refused.')) return this.#plansAnew(parked) ? undefined : 'ParkedReleased';
    if (code.startsWith('posting.not-taken-back')) return this.#takeBack(parked);
    switch (code) {
      case 'posting.several':
        return this.#leaveOne(parked);
      case 'posting.found-before':
      case 'posting.other-document':
      case 'posting.double-taken':
      case 'posting.draft-stays':
      case 'posting.older-taken':
      case 'posting.replaced-posted':
        return this.#remove(parked);
      case 'posting.differs':
        return this.#correct(parked);
      case 'posting.not-found':
      case 'posting.not-final':
      case 'posting.in-doubt':
      case 'posting.prerequisite':
      case 'message.crashes':
        return 'ParkedReleased';
      // Planned anew and released at the same time: one of both was too late.
      case 'posting.known-otherwise':
      case 'replan.no-voucher':
        return 'ParkedDiscarded';
      default:
        this.#world.fail(new Error(`nobody expected case ${code} of ${parked.subject}: ${parked.reason}`));
        return undefined;
    }
  }

  /** A refused voucher gets another day, where finance thinks so: that is another content, and a new generation. */
  #plansAnew({ subject }: Case): boolean {
    const { clock, fate } = this.#world;
    if (this.#replanned.has(subject) || !fate.chance(0.5)) return false;
    this.#replanned.add(subject);
    const accountingDate = REPLANNED_DAY;
    const time = new Date(clock.now()).toISOString();
    const data = { subject, accountingDate, by: 'zhang', reason: 'the period is closed' };
    this.#world.chronicle.note(`${subject} is planned anew`);
    this.#world.say({
      id: `replan-${++this.#actions}`,
      source: 'cli',
      type: 'ReplanRequested',
      key: 'none',
      time,
      data,
    });
    return true;
  }

  /** Of several documents of ours, the first stays. */
  #leaveOne(parked: Case): Decision {
    for (const { id } of this.#heldDocuments(parked).slice(1)) this.#book.delete(id);
    return 'ParkedReleased';
  }

  /** What is not the voucher of this approval goes, whoever made it. */
  #remove(parked: Case): Decision {
    for (const { id, stage } of this.#heldDocuments(parked)) {
      if (stage === 'posted') this.#book.change(id, { stage: 'cancelled' });
      else this.#book.delete(id);
    }
    return 'ParkedReleased';
  }

  /** Back to a draft, which is ours to delete. */
  #takeBack(parked: Case): Decision {
    for (const { id } of this.#heldDocuments(parked)) this.#book.change(id, { stage: 'draft' });
    return 'ParkedReleased';
  }

  /** Puts a document right, as the newest command of the approval wants it. */
  #correct(parked: Case): Decision {
    const command = this.#world.said('PostVoucher').findLast(({ key }) => key === parked.subject);
    for (const { id } of this.#heldDocuments(parked)) {
      if (command !== undefined) this.#book.change(id, { amount: command.data.expectation.amount });
    }
    return 'ParkedReleased';
  }

  /** Documents that the newest hold of the approval names. */
  #heldDocuments({ subject }: Case): readonly BookDocument[] {
    const held = this.#world.said('VoucherHeld').findLast(({ key }) => key === subject);
    return (held?.data.documents ?? []).flatMap((key) => this.#book.get(parseDocumentKey(key).id) ?? []);
  }

  #decide(type: Decision, { parkedId, stage, connection, subject }: Case): void {
    const id = `action-${++this.#actions}`;
    const time = new Date(this.#world.clock.now()).toISOString();
    const data = {
      parkedId,
      stage,
      subject,
      ...(connection !== undefined && { connection }),
      by: 'zhang',
      reason: 'seen',
    };
    this.#world.chronicle.note(`${type} ${parkedId} of ${subject}`);
    this.#world.say({ id, source: 'cli', type, key: 'none', time, data });
  }
}
