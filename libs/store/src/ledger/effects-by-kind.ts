import {
  isEnd,
  type LedgerChange,
  LedgerConflict,
  type LedgerEffect,
  type VoucherGeneration,
} from './ledger-effect.js';

type OfKind<K extends LedgerEffect['kind']> = Extract<LedgerEffect, { kind: K }>;

/** The effects of a commit, each kind in order; a kind is one statement. */
export type EffectsByKind = {
  readonly [K in LedgerEffect['kind']]: readonly (OfKind<K> & { readonly epoch: number })[];
} & {
  /** The stages among them that end a voucher: written first, because a new intent of the same commit needs the room. */
  readonly ends: readonly (OfKind<'stage'> & { readonly epoch: number })[];
  /** The choices among them of what ends in the same commit: written before the ends, after which nothing can be chosen. */
  readonly chosenFirst: EffectsByKind['chosen'];
  /** Whether a generation is live when the commit is done. */
  staysLive(about: VoucherGeneration): boolean;
};

/** A voucher's generation as text, for maps. */
export const generationKey = ({ voucherKey, generation }: VoucherGeneration): string => `${voucherKey}/${generation}`;

/**
 * Sorts effects by kind. Of several stages, and of several same choices, of one generation the last one counts.
 * @throws {LedgerConflict} when one commit chooses two documents for a generation.
 */
export function effectsByKind(changes: readonly LedgerChange[]): EffectsByKind {
  const effects = changes.flatMap(({ epoch, effects: own }) => own.map((effect) => ({ ...effect, epoch })));
  const of = <K extends LedgerEffect['kind']>(kind: K) =>
    effects.filter((effect) => effect.kind === kind) as unknown as EffectsByKind[K];
  const chosen = of('chosen');
  const choices = lastOfEach(chosen);
  for (const choice of chosen) {
    const other = choices.find((one) => generationKey(one) === generationKey(choice));
    if (other?.document !== choice.document) {
      throw new LedgerConflict(choice, `chooses ${choice.document} and ${other?.document} in one commit`);
    }
  }
  const stages = lastOfEach(of('stage'));
  const ends = stages.filter(({ stage }) => isEnd(stage));
  const isEnded = (about: VoucherGeneration) => ends.some((end) => generationKey(end) === generationKey(about));
  return {
    ends,
    chosenFirst: choices.filter(isEnded),
    staysLive: (about) => !isEnded(about),
    intent: lastOfEach(of('intent')),
    attemptBegun: of('attemptBegun'),
    attemptEnded: of('attemptEnded'),
    lookedUp: of('lookedUp'),
    chosen: choices.filter((choice) => !isEnded(choice)),
    stage: stages,
    confirmed: of('confirmed'),
  };
}

function lastOfEach<E extends VoucherGeneration>(effects: readonly E[]): readonly E[] {
  return [...new Map(effects.map((effect) => [generationKey(effect), effect])).values()];
}
