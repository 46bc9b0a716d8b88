/**
 * The text by which a document in the target is known as one generation of a voucher: the voucher key alone for the first
 * generation, `<key>#<n>` for later ones.
 */
export function carriedKey(voucherKey: string, generation: number): string {
  return generation === 1 ? voucherKey : `${voucherKey}#${generation}`;
}

/** Which generation of which voucher a text stands for. What `carriedKey` would not have written is a key of its own. */
export function readCarriedKey(text: string): { readonly voucherKey: string; readonly generation: number } {
  const [, voucherKey, digits] = /^(.+)#(\d{1,9})$/s.exec(text) ?? [];
  const generation = Number(digits);
  if (voucherKey !== undefined && generation > 1 && carriedKey(voucherKey, generation) === text) {
    return { voucherKey, generation };
  }
  return { voucherKey: text, generation: 1 };
}
