import { parseDocumentKey } from '@voucherline/contracts';
import type { Book, BookDocument } from '../vendors/book.js';
import type { World } from '../world.js';
import { type Case, openCases } from './cases.js';
import { cny, type Truth } from './employees.js';
import { effectiveFor } from './standing.js';

type Decision = 'ParkedReleased' | 'ParkedDiscarded';

/** Looks at the open cases so often, ms. */
const ROUND_MS = 5_000;
/** A case that is still open after a decision is decided again after this, ms. */
const AGAIN_MS = 30_000;

/** Finance and administrators: mend what was parked as its next step says, and release or discard it. */
export class Finance {
  readonly #world: World;
  readonly #book: Book;
  readonly #truths: readonly Truth[];
  readonly #decidedAt = new Map<string, number>();
  #actions = 0;

  constructor(world: World, book: Book, truths: readonly Truth[]) {
    this.#world = world;
    this.#book = book;
    this.#truths = truths;
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

  /** Does what the case asks for; says how it is decided, or nothing while it is too early. */
  #mend(parked: Case): Decision | undefined {
    const { code } = parked;
    if (code.startsWith('posting.refused.')) return 'ParkedReleased';
    switch (code) {
      case 'posting.found-before':
      case 'posting.other-document':
      case 'posting.several':
      case 'posting.double-taken':
      case 'posting.double-stays':
        return this.#clear(parked);
      case 'posting.differs':
        return this.#correct(parked);
      case 'posting.withdrawn':
      case 'reversal.by-hand':
        return this.#takeBack(parked);
      case 'approval.amended-after-posting':
        return this.#amend(parked);
      case 'posting.not-found':
      case 'posting.not-final':
      case 'posting.in-doubt':
      case 'posting.prerequisite':
      case 'message.crashes':
        return 'ParkedReleased';
      default:
        this.#world.fail(new Error(`nobody expected case ${code} of ${parked.subject}: ${parked.reason}`));
        return undefined;
    }
  }

  /** Leaves one document: the first of ours that the case names. Documents that clerks made by hand are deleted. */
  #clear(parked: Case): Decision {
    const named = this.#heldDocuments(parked);
    const kept = named.find(({ ours }) => ours);
    for (const document of named) if (document !== kept && document.stage !== 'posted') this.#book.delete(document.id);
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

  #takeBack(parked: Case): Decision {
    const truth = this.#truthOf(parked);
    if (truth !== undefined) {
      for (const document of effectiveFor(this.#book, truth)) this.#book.change(document.id, { stage: 'cancelled' });
    }
    for (const document of this.#heldDocuments(parked)) this.#book.delete(document.id);
    return 'ParkedDiscarded';
  }

  #amend(parked: Case): Decision | undefined {
    const truth = this.#truthOf(parked);
    const [document] = truth === undefined ? [] : effectiveFor(this.#book, truth);
    const isSaid = this.#world.said('VoucherConfirmed').some(({ key }) => key === parked.subject);
    if (truth === undefined || document === undefined || !isSaid) return undefined;
    this.#book.change(document.id, { amount: cny(truth.amount) });
    return 'ParkedDiscarded';
  }

  #truthOf({ subject }: Case): Truth | undefined {
    return this.#truths.find(({ instance }) => instance.document === subject);
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
