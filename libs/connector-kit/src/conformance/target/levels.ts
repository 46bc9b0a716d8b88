import type { Level, VoucherIntent } from '../../ports/target.js';
import type { TargetStage } from './stage.js';
import { ids, lookedUp, newSince, readBack, until } from './steps.js';

/** What decides a level (failure-modes.md §1.4). */
export interface Seen {
  /** When look-ups show what was made, after answered and after late creates: right after it, within `patienceMs`, or not. */
  readonly lookup: 'atOnce' | 'late' | 'never';
  /** Whether what was made carries key and generation from the create on. */
  readonly carriesKey: boolean;
  /** Whether what was made is a draft that can be deleted. */
  readonly draftStage: boolean;
  /** Whether a second create with the key makes nothing, also while the first is still to be executed. */
  readonly refusesSecond: boolean;
}

export interface Shown {
  readonly level: Level;
  readonly seen: Seen;
}

/** One look-up may be lucky. */
const ROUNDS = 5;

export interface Waits {
  /** By how much late creates are late, in ms. */
  readonly lateMs: number;
  /** How long a look-up may find nothing before it counts as `never`, and a late create before it counts as refused, in ms. */
  readonly patienceMs: number;
}

/** Tries an operation out and decides its level. */
export async function showLevel(stage: TargetStage, waits: Waits = { lateMs: 100, patienceMs: 2_000 }): Promise<Shown> {
  const { lookup, carriesKey } = await tryLookups(stage, waits);
  const draftStage = lookup !== 'never' && (await tryDraft(stage, waits));
  const refusesSecond = lookup !== 'never' && (await trySecond(stage, waits));
  const seen = { lookup, carriesKey, draftStage, refusesSecond };
  return { level: levelOf(seen), seen };
}

function levelOf({ lookup, carriesKey, draftStage, refusesSecond }: Seen): Level {
  if (lookup === 'never') return 'L0';
  if (refusesSecond) return 'L3';
  return lookup === 'atOnce' && carriesKey && draftStage ? 'L2' : 'L1';
}

async function tryLookups(stage: TargetStage, waits: Waits): Promise<Pick<Seen, 'lookup' | 'carriesKey'>> {
  const rounds: Pick<Seen, 'lookup' | 'carriesKey'>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const intent = await stage.intent();
    const made = await newSince(stage, () =>
      round % 2 === 0 ? create(stage, intent) : createLate(stage, intent, waits),
    );
    rounds.push(await lookFor(stage, intent, made, waits));
    if (rounds.at(-1)?.lookup === 'never') break;
  }
  const all = rounds.map(({ lookup }) => lookup);
  return {
    lookup: all.includes('never') ? 'never' : all.includes('late') ? 'late' : 'atOnce',
    carriesKey: rounds.every(({ carriesKey }) => carriesKey),
  };
}

async function lookFor(stage: TargetStage, intent: VoucherIntent, made: readonly string[], { patienceMs }: Waits) {
  const look = async () => {
    const documents = await lookedUp(stage, intent);
    return JSON.stringify(ids(documents)) === JSON.stringify(made) ? documents : undefined;
  };
  const first = await look();
  const found = first ?? (await until(look, patienceMs));
  const lookup = first !== undefined ? 'atOnce' : found !== undefined ? 'late' : 'never';
  const { voucherKey, generation } = intent;
  const carries = found?.every((document) => document.voucherKey === voucherKey && document.generation === generation);
  return { lookup, carriesKey: carries ?? false } as const;
}

async function tryDraft(stage: TargetStage, waits: Waits): Promise<boolean> {
  const intent = await stage.intent();
  const [id = ''] = await newSince(stage, () => create(stage, intent));
  await lookFor(stage, intent, [id], waits);
  if ((await readBack(stage, id)).stage !== 'draft') return false;
  await stage.operation.void(id, stage.context);
  return (await stage.operation.read(id, stage.context)).kind === 'absent';
}

async function trySecond(stage: TargetStage, waits: Waits): Promise<boolean> {
  const intent = await stage.intent();
  const made = await newSince(stage, async () => {
    await create(stage, intent);
    await stage.operation.create(intent, stage.context);
  });
  if (made.length > 1) return false;
  const other = await stage.intent();
  const madeLate = await newSince(stage, async () => {
    const before = stage.documents().length;
    await sendLate(stage, other, waits);
    await stage.operation.create(other, stage.context);
    await until(async () => stage.documents().length > before + 1 || undefined, waits.patienceMs);
  });
  return madeLate.length === 1;
}

async function create(stage: TargetStage, intent: VoucherIntent): Promise<void> {
  const outcome = await stage.operation.create(intent, stage.context);
  if (outcome.kind !== 'done') throw new Error(`create: ${JSON.stringify(outcome)}`);
}

async function createLate(stage: TargetStage, intent: VoucherIntent, waits: Waits): Promise<void> {
  const before = stage.documents().length;
  await sendLate(stage, intent, waits);
  await until(async () => stage.documents().length > before || undefined, Number.POSITIVE_INFINITY);
}

async function sendLate(stage: TargetStage, intent: VoucherIntent, { lateMs }: Waits): Promise<void> {
  await stage.fault({ kind: 'executeLate', delayMs: lateMs, operation: stage.vendorNames.create, times: 1 });
  const outcome = await stage.operation.create(intent, stage.context);
  if (outcome.kind !== 'inDoubt') throw new Error(`late create: ${JSON.stringify(outcome)}`);
}
