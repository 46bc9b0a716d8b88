import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { SendStep } from '../record.js';
import type { PostingTerms } from '../terms.js';
import { type Fate, pushTerms, SETTLE, saveTerms, type Trouble } from './simulated-target.js';
import { Simulation } from './simulation.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

/** Trouble as long as the list lasts, then none: shrinks to the shortest trouble that still fails. */
const troubles = fc.array(fc.nat(1_000_000), { maxLength: 120, size: 'max' });

function fateOf(numbers: readonly number[]): Fate {
  let next = 0;
  return { below: (n) => (numbers[next++] ?? 0) % n };
}

const none: Trouble = { clerks: false, latestMs: SETTLE, withdrawals: false, refusals: false };

function simulate(terms: PostingTerms, numbers: readonly number[], trouble: Partial<Trouble>): Simulation {
  const simulation = new Simulation(terms, fateOf(numbers), { ...none, ...trouble });
  simulation.run();
  return simulation;
}

const count = ({ sends }: Simulation, step: SendStep) => sends.filter((one) => one === step).length;

describe.each([
  ['Push', pushTerms],
  ['Save', saveTerms],
])('a simulated posting by %s', (_, terms) => {
  it('ends in exactly one posted document and leaves nothing behind, whatever gets lost, late or killed', () => {
    const seen = { takeOvers: 0, creates: 0 };
    fc.assert(
      fc.property(troubles, (numbers) => {
        const simulation = simulate(terms, numbers, {});
        expect(simulation.record.situation.name).toBe('confirmed');
        expect(simulation.target.documents.map(({ stage }) => stage)).toEqual(['posted']);
        seen.takeOvers += simulation.takeOvers;
        seen.creates += count(simulation, 'create');
      }),
      { numRuns: 500 },
    );
    // Trouble that never bites proves nothing.
    expect(seen.takeOvers).toBeGreaterThan(100);
    expect(seen.creates).toBeGreaterThan(550);
  });

  it('never posts twice even when the target executes later than it promises, and deletes the doubles it sees', () => {
    const seen = { doubles: 0 };
    const check = (numbers: readonly number[]) => {
      const simulation = simulate(terms, numbers, { latestMs: 2 * SETTLE });
      expect(simulation.target.documents.filter(({ stage }) => stage === 'posted')).toHaveLength(1);
      seen.doubles += count(simulation, 'void');
    };
    fc.assert(fc.property(troubles, check), { numRuns: 500 });
    expect(seen.doubles).toBeGreaterThan(0);
  });

  it('never posts a second document of ours while clerks work on the same approval', () => {
    const ends = new Map<string, number>();
    const check = (numbers: readonly number[]) => {
      const { name } = simulate(terms, numbers, { clerks: true }).record.situation;
      ends.set(name, (ends.get(name) ?? 0) + 1);
      expect(['confirmed', 'held']).toContain(name);
    };
    fc.assert(fc.property(troubles, check), { numRuns: 500 });
    expect(ends.get('confirmed')).toBeGreaterThan(0);
    expect(ends.get('held')).toBeGreaterThan(0);
  });

  it('that is refused and replaced ends in one posted document of the newest generation', () => {
    let replaced = 0;
    const check = (numbers: readonly number[]) => {
      const { record, target } = simulate(terms, numbers, { refusals: true });
      const { situation } = record;
      // A post that is executed after its refusal was believed is for a person.
      if (situation.name === 'held') expect(situation.hold.code).toBe('posting.replaced-posted');
      else expect(situation.name).toBe('confirmed');
      expect(target.documents).toMatchObject([{ stage: 'posted', generation: record.generation }]);
      replaced += record.generation - 1;
    };
    fc.assert(fc.property(troubles, check), { numRuns: 500 });
    expect(replaced).toBeGreaterThan(20);
  });

  it('that is withdrawn, refused, replaced or undone on the way ends as it should, and leaves nothing else behind', () => {
    const ends = new Map<string, number>();
    const check = (numbers: readonly number[]) => {
      const { record, target } = simulate(terms, numbers, { withdrawals: true, refusals: true });
      const { name } = record.situation;
      ends.set(name, (ends.get(name) ?? 0) + 1);
      expect(['confirmed', 'cancelled', 'reversed', 'held']).toContain(name);
      const stands = name === 'confirmed' || name === 'held' ? ['posted'] : [];
      expect(target.documents.map(({ stage }) => stage)).toEqual(stands);
    };
    fc.assert(fc.property(troubles, check), { numRuns: 500 });
    for (const end of ['confirmed', 'cancelled', 'reversed']) expect(ends.get(end)).toBeGreaterThan(3);
  });

  it('that is taken back posts nothing even when the target executes later than it promises and clerks interfere', () => {
    const check = (numbers: readonly number[]) => {
      const trouble = { withdrawals: true, refusals: true, clerks: true, latestMs: 2 * SETTLE };
      const { record } = simulate(terms, numbers, trouble);
      expect(['confirmed', 'cancelled', 'reversed', 'held']).toContain(record.situation.name);
    };
    fc.assert(fc.property(troubles, check), { numRuns: 500 });
  });
});
