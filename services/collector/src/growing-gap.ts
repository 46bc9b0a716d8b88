/** The wait before try `tries + 1`: doubled each time up to `lastMs`, with up to a fifth of jitter so that lanes don't march in step. */
export function growingGap(
  gap: { readonly firstMs: number; readonly lastMs: number },
  tries: number,
  random: number,
): number {
  const base = Math.min(gap.lastMs, gap.firstMs * 2 ** Math.min(tries, 30));
  return Math.round(base * (1 + random / 5));
}
