import { type Instance, SERVICES, type Service } from '@voucherline/local';
import { type Randomness, seededRandomness } from '@voucherline/platform';

/** What can be done to the line, and to those around it. */
export const NEMESES = [
  ...(['kill', 'pause', 'broker-kill', 'database-kill', 'database-full'] as const),
  ...(['lost-reply', 'late', 'html', 'throttle', 'session-expiry'] as const),
  ...(['webhook-loss', 'webhook-duplicates', 'webhook-disorder', 'replay'] as const),
] as const;
export type Nemesis = (typeof NEMESES)[number];

/** One nemesis at work for a while. */
export interface Strike {
  readonly nemesis: Nemesis;
  /** ms since the faults began. */
  readonly at: number;
  readonly forMs: number;
  /** The process that is hit, where one is. */
  readonly target?: Instance;
  /** 0 to 1: how much, where that can be more or less. */
  readonly strength: number;
}

export interface Plan {
  readonly seed: number;
  readonly faultsMs: number;
  readonly strikes: readonly Strike[];
  /** When callbacks go to the other process of webhook-ingestion; ms since the faults began. */
  readonly turns: readonly number[];
}

/** A new subset of nemeses after so many seconds. */
const SLOT = { leastMs: 5_000, mostMs: 15_000 } as const;
/** Longer than the group's session (20 s) and the lease (15 s), so that others take over. */
const PAUSE = { leastMs: 23_000, mostMs: 33_000 } as const;

/**
 * The schedule of a campaign: the same seed gives the same strikes at the same times. What happens between the processes
 * then is theirs, and is another thing each time.
 */
export function planOf(seed: number, minutes: number): Plan {
  const random = seededRandomness(seed);
  const faultsMs = Math.round(minutes * 60_000);
  const deck = new Deck(random);
  const strikes: Strike[] = [];
  const turns: number[] = [];
  for (let at = 0; at < faultsMs; ) {
    const slotMs = between(random, SLOT.leastMs, SLOT.mostMs);
    turns.push(at);
    // Sometimes none: what only shows in a calm shows then.
    const count = Math.min(3, Math.floor(random.float() * 4.5));
    for (const card of deck.draw(count)) strikes.push(strikeOf(card, at, slotMs, random));
    at += slotMs;
  }
  return { seed, faultsMs, strikes, turns };
}

interface Card {
  readonly nemesis: Nemesis;
  readonly service?: Service;
}

/** All cards once, in random order, before any comes again: so a campaign of some minutes holds every kind. */
const CARDS: readonly Card[] = [
  ...SERVICES.map((service) => ({ nemesis: 'kill', service }) as const),
  ...(['collector', 'transformer', 'erp-writer'] as const).map((service) => ({ nemesis: 'pause', service }) as const),
  ...NEMESES.filter((nemesis) => nemesis !== 'kill' && nemesis !== 'pause').map((nemesis) => ({ nemesis })),
];

class Deck {
  readonly #random: Randomness;
  #cards: Card[] = [];

  constructor(random: Randomness) {
    this.#random = random;
  }

  draw(count: number): readonly Card[] {
    return Array.from({ length: count }, () => {
      if (this.#cards.length === 0) this.#cards = [...CARDS];
      return this.#cards.splice(Math.floor(this.#random.float() * this.#cards.length), 1)[0] as Card;
    });
  }
}

function strikeOf({ nemesis, service }: Card, at: number, slotMs: number, random: Randomness): Strike {
  const strength = random.float();
  const forMs = nemesis === 'pause' ? between(random, PAUSE.leastMs, PAUSE.mostMs) : slotMs;
  if (service === undefined) return { nemesis, at, forMs, strength };
  return { nemesis, at, forMs, strength, target: random.float() < 0.5 ? service : `${service}-2` };
}

function between(random: Randomness, least: number, most: number): number {
  return Math.round(least + random.float() * (most - least));
}
