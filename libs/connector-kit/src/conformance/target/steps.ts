import { factId } from '@voucherline/contracts';
import { expect } from 'vitest';
import type { TargetDocument, VoucherIntent } from '../../ports/target.js';
import type { TargetStage } from './stage.js';

/** What a look-up shows. */
export async function lookedUp(
  { operation, context }: TargetStage,
  intent: VoucherIntent,
): Promise<readonly TargetDocument[]> {
  const outcome = await operation.lookup(intent, context);
  if (outcome.kind !== 'read') throw new Error(`look-up: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

export async function readBack({ operation, context }: TargetStage, id: string): Promise<TargetDocument> {
  const outcome = await operation.read(id, context);
  if (outcome.kind !== 'read') throw new Error(`read: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

/** A new document that carries the key, as the protocol makes one. */
export async function markedDraft(
  stage: TargetStage,
  given?: VoucherIntent,
): Promise<{ intent: VoucherIntent; id: string }> {
  const { operation, context } = stage;
  const intent = given ?? (await stage.intent());
  expect(await operation.create(intent, context)).toMatchObject({ kind: 'done' });
  const [document] = await lookedUp(stage, intent);
  const id = document?.id ?? '';
  if (!operation.createCarriesKey) {
    expect(await operation.mark(intent, id, context)).toMatchObject({ kind: 'done' });
  }
  return { intent, id };
}

/** A posted document. */
export async function posted(stage: TargetStage): Promise<{ intent: VoucherIntent; id: string }> {
  const { operation, context } = stage;
  const draft = await markedDraft(stage);
  expect(await operation.submit(draft.id, context)).toMatchObject({ kind: 'done' });
  expect(await operation.post(draft.id, context)).toMatchObject({ kind: 'done' });
  return draft;
}

/** The intent of an entry that takes back what was posted for `original`. */
export function reversing(original: VoucherIntent, { id, document, number, amount }: TargetDocument): VoucherIntent {
  const { voucherKey, accountingDate } = original;
  const negated = amount.amount.startsWith('-') ? amount.amount.slice(1) : `-${amount.amount}`;
  return {
    voucherKey: factId('reversal', voucherKey),
    generation: 1,
    accountingDate,
    payload: {},
    expectation: { amount: { ...amount, amount: negated }, date: accountingDate },
    reverses: { id, document, number },
  };
}

export const ids = (documents: readonly { readonly id: string }[]): readonly string[] =>
  documents.map(({ id }) => id).sort();

/** Ids of the documents that the vendor's book shows beside those it showed before. */
export async function newSince(stage: TargetStage, work: () => Promise<void>): Promise<readonly string[]> {
  const before = ids(stage.documents());
  await work();
  return ids(stage.documents()).filter((id) => !before.includes(id));
}

/** Looks again and again until something is found; undefined when it took longer. */
export async function until<T>(look: () => Promise<T | undefined>, patienceMs: number): Promise<T | undefined> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || Date.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until the vendor's book shows that many documents; a test's own time limit ends the wait. */
export async function untilDocuments(stage: TargetStage, count: number): Promise<void> {
  await until(async () => stage.documents().length >= count || undefined, Number.POSITIVE_INFINITY);
}
