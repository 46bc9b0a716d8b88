import type { Scene } from '../scene.js';

/** By the order in which calls were decided: a paused process may send late what was decided before others looked. */
export function* noBlindSend({ requests }: Scene): Iterable<string> {
  const blind = new Set<string>();
  for (const { operation, about } of requests.decided) {
    if (operation === 'lookup') blind.delete(about);
    else if (operation === 'create') {
      if (blind.has(about)) yield `create of ${about} was sent again without a look-up`;
      blind.add(about);
    }
  }
}

/** By the ledger, which has each attempt before it is sent. */
export function* noSendWithoutReason({ world, requests }: Scene): Iterable<string> {
  const recorded = new Map<string, number>();
  const answered = new Set<string>();
  const creates = new Set<string>();
  for (const effect of world.recorded) {
    if (effect.kind !== 'attemptBegun' && effect.kind !== 'attemptEnded') continue;
    const voucher = `${effect.voucherKey}/${effect.generation}`;
    const attempt = `${voucher}/${effect.n}`;
    if (effect.kind === 'attemptEnded') {
      if (effect.outcome === 'done' && creates.has(attempt)) answered.add(voucher);
    } else if (effect.operation === 'create') {
      creates.add(attempt);
      recorded.set(effect.voucherKey, (recorded.get(effect.voucherKey) ?? 0) + 1);
      if (answered.has(voucher)) yield `attempt ${attempt} creates what was created before`;
    }
  }
  const sent = Map.groupBy(
    requests.decided.filter(({ operation }) => operation === 'create'),
    ({ about }) => about,
  );
  for (const [key, all] of sent) {
    const known = recorded.get(key) ?? 0;
    if (all.length > known) yield `${key} has ${all.length} creates, of which ${known} are on record`;
  }
}
