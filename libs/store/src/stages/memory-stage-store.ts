import { StaleOwner, type TakenUnit } from '../units/unit.js';
import type { HeldRecord, KeyedState, StageCommit, StageStore, WaitingKey } from './stage-store.js';

interface Unit {
  epoch: number;
  seq: number;
  positions: string;
  lastIds: string;
  attempts: number;
  attemptAt: string | null;
  outbox: { seq: number; records: Buffer }[];
  states: Map<string, KeyedState>;
  held: Map<string, HeldRecord>;
}

/** What a test makes of a commit. */
export type CommitFault = 'refused' | 'not-committed' | 'committed-unanswered' | undefined;

/** A stage store in memory; several runners that share one are several processes on one database. */
export class MemoryStageStore implements StageStore {
  readonly #units = new Map<string, Unit>();

  /** @param fault asked before each commit; lets a test make it fail, with or without effect */
  constructor(private readonly fault: (commit: StageCommit) => CommitFault = () => undefined) {}

  /** Keeps everything as it is now, as a backup does. @returns what restores it, once */
  backUp(): () => void {
    const copied = [...this.#units].map(([unit, row]): [string, Unit] => [
      unit,
      { ...row, outbox: [...row.outbox], states: new Map(row.states), held: new Map(row.held) },
    ]);
    return () => {
      this.#units.clear();
      for (const [unit, row] of copied) this.#units.set(unit, row);
    };
  }

  async takeOver(unit: string, survived = false): Promise<TakenUnit> {
    const row: Unit = this.#units.get(unit) ?? {
      epoch: 0,
      seq: 0,
      positions: '{}',
      lastIds: '{}',
      attempts: 0,
      attemptAt: null,
      outbox: [],
      states: new Map(),
      held: new Map(),
    };
    this.#units.set(unit, row);
    row.epoch++;
    if (survived) Object.assign(row, { attempts: 0, attemptAt: null });
    const { epoch, seq, positions, lastIds, attempts, attemptAt } = row;
    return { unit, epoch, seq, positions, lastIds, attempts, attemptAt, left: [...row.outbox] };
  }

  async beginAttempt({ unit, epoch }: { unit: string; epoch: number }, at: string): Promise<void> {
    const row = this.#units.get(unit);
    if (row?.epoch !== epoch) throw new StaleOwner([unit]);
    row.attempts++;
    row.attemptAt = at;
  }

  async states(unit: string, keys: readonly string[]): Promise<Map<string, string>> {
    const states = this.#units.get(unit)?.states;
    return new Map(
      keys.flatMap((key) => {
        const state = states?.get(key);
        return state === undefined ? [] : [[key, state.state] as const];
      }),
    );
  }

  async waiting(unit: string): Promise<readonly WaitingKey[]> {
    return [...(this.#units.get(unit)?.states.values() ?? [])]
      .flatMap(({ key, waits }) => (waits === undefined ? [] : [{ key, waits }]))
      .sort((a, b) => compare(a.waits.since, b.waits.since) || compare(a.key, b.key))
      .map(({ key, waits }) => ({ key, waitsFor: waits.for }));
  }

  async held(unit: string, keys: readonly string[]): Promise<readonly HeldRecord[]> {
    const wanted = new Set(keys);
    return [...(this.#units.get(unit)?.held.values() ?? [])]
      .filter(({ key }) => wanted.has(key))
      .sort((a, b) => compare(a.record.topic, b.record.topic) || Number(a.record.offset - b.record.offset));
  }

  async commit(commit: StageCommit): Promise<void> {
    const fault = this.fault(commit);
    if (fault === 'refused') throw Object.assign(new Error('refused'), { code: '22P05' });
    if (fault === 'not-committed') throw new Error('connection lost before the commit');
    const row = this.#units.get(commit.unit);
    if (row?.epoch !== commit.epoch || row.seq !== commit.seq) throw new StaleOwner([commit.unit]);
    apply(row, commit);
    if (fault === 'committed-unanswered') throw new Error('connection lost after the commit');
  }

  async *allStates(unit: string): AsyncGenerator<{ key: string; state: string }> {
    const states = [...(this.#units.get(unit)?.states.values() ?? [])];
    for (const { key, state } of states.sort((a, b) => compare(a.key, b.key))) yield { key, state };
  }
}

function apply(row: Unit, commit: StageCommit): void {
  row.seq = commit.seq + 1;
  Object.assign(row, { positions: commit.positions, lastIds: commit.lastIds, attempts: 0, attemptAt: null });
  row.outbox = row.outbox.filter(({ seq }) => seq > commit.published);
  if (commit.outbox) row.outbox.push({ seq: row.seq, records: commit.outbox });
  if (commit.reset) {
    row.states.clear();
    row.held.clear();
  }
  for (const one of commit.states) row.states.set(one.key, one);
  for (const { topic, offset } of commit.unhold) row.held.delete(`${topic}@${offset}`);
  for (const one of commit.hold) row.held.set(`${one.record.topic}@${one.record.offset}`, one);
}

/** Order of the bytes in UTF-8, as PostgreSQL's "C" collation has it. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
