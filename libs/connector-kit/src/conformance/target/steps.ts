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
export async function markedDraft(stage: TargetStage): Promise<{ intent: VoucherIntent; id: string }> {
  const { operation, context } = stage;
  const intent = await stage.intent();
  expect(await operation.create(intent, context)).toMatchObject({ kind: 'done' });
  const [document] = await lookedUp(stage, intent);
  const id = document?.id ?? '';
  if (!operation.createCarriesKey) {
    expect(await operation.mark(intent, id, context)).toMatchObject({ kind: 'done' });
  }
  return { intent, id };
}

export const ids = (documents: readonly { readonly id: string }[]): readonly string[] =>
  documents.map(({ id }) => id).sort();

/** Waits until the vendor's book shows that many documents; a test's own time limit ends the wait. */
export async function untilDocuments(stage: TargetStage, count: number): Promise<void> {
  while (stage.documents().length < count) await new Promise((resolve) => setTimeout(resolve, 10));
}
