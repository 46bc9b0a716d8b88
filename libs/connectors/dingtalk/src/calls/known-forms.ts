import type { CallContext } from '@voucherline/connector-kit';

const CACHED_AS = 'dingtalk forms of instances';
const MOST_KEPT = 50_000;

/** Which form an instance has, as far as listings of this lease have shown: it never changes. */
export class KnownForms {
  readonly #forms = new Map<string, string>();

  get(instanceId: string): string | undefined {
    return this.#forms.get(instanceId);
  }

  learn(instanceIds: readonly string[], form: string): void {
    if (this.#forms.size + instanceIds.length > MOST_KEPT) this.#forms.clear();
    for (const id of instanceIds) this.#forms.set(id, form);
  }
}

/** The one of this lease. */
export function knownForms({ cache }: CallContext): Promise<KnownForms> {
  return cache.get(CACHED_AS, async () => ({ value: new KnownForms(), expiresAt: Number.POSITIVE_INFINITY }));
}
