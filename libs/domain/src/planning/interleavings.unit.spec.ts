import { type AnyMessage, canonicalJson } from '@voucherline/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amended, approved, book, event, flow, keyOf, Line, replan, withdrawn } from './checking/line.js';
import { type FlowBook, nothingPlanned, withMessage } from './index.js';

/** What becomes of the n-th command to post under a key. */
type Fate = 'confirmed' | 'rejected';
type Post = Extract<AnyMessage, { type: 'PostVoucher' }>;

/** A writer that keeps the commands of each voucher in order, and takes its time. */
class Writer {
  readonly #pending: AnyMessage[] = [];
  /** What stands in the target, by voucher name. */
  readonly effective = new Map<string, Post>();
  readonly #known = new Map<string, 'confirmed' | 'rejected'>();
  /** What went against the declared order, or was double. */
  readonly faults: string[] = [];

  constructor(
    readonly fateOf: (post: Post) => Fate,
    readonly after: Readonly<Record<string, readonly string[]>>,
  ) {}

  command(commands: readonly AnyMessage[]): void {
    this.#pending.push(...commands.filter(({ type }) => type !== 'WriteBack'));
  }

  get idle(): boolean {
    return this.#pending.length === 0;
  }

  /** Works on one of the keys; @returns the event that it tells */
  work(choice: number): AnyMessage | undefined {
    const keys = [...new Set(this.#pending.map(keyOfCommand))];
    const key = keys[choice % keys.length];
    const index = this.#pending.findIndex((one) => keyOfCommand(one) === key);
    const [command] = this.#pending.splice(index, 1);
    return command?.type === 'PostVoucher' ? this.#post(command) : command && this.#reverse(command);
  }

  #post(command: Post): AnyMessage {
    const { voucher, revision, voucherKey } = command.data;
    const fate = this.fateOf(command);
    this.#known.set(voucherKey, fate);
    if (fate === 'rejected') return event('VoucherRejected', voucher, revision);
    if (this.effective.has(voucher)) this.faults.push(`two of ${voucher}`);
    for (const earlier of this.after[voucher] ?? []) {
      if (!this.effective.has(earlier)) this.faults.push(`${voucher} before ${earlier}`);
    }
    this.effective.set(voucher, command);
    return event('VoucherConfirmed', voucher, revision, { number: `${voucher}-${revision}` });
  }

  #reverse(command: AnyMessage): AnyMessage {
    const { voucher, revision, voucherKey } = command.data as Post['data'];
    for (const [later, names] of Object.entries(this.after)) {
      if (names.includes(voucher) && this.effective.has(later)) this.faults.push(`${voucher} gone before ${later}`);
    }
    if (this.#known.get(voucherKey) !== 'confirmed') {
      return event('VoucherCancelled', voucher, revision, { reason: 'withdrawn' });
    }
    this.effective.delete(voucher);
    return event('VoucherReversed', voucher, revision);
  }
}

function keyOfCommand({ data }: AnyMessage): string {
  return (data as { voucherKey: string }).voucherKey;
}

interface World {
  readonly flows: FlowBook;
  readonly approvals: readonly AnyMessage[];
  readonly actions?: readonly AnyMessage[];
  readonly fateOf?: (post: Post) => Fate;
  readonly after?: Readonly<Record<string, readonly string[]>>;
}

/** Lets things happen in an order that chance chooses, until nothing is left to happen. */
function run(world: World, choices: readonly number[]) {
  const { flows, approvals, actions = [], fateOf = () => 'confirmed', after = {} } = world;
  const left = { approvals: [...approvals], actions: [...actions], events: [] };
  return goOn(new Line(flows), new Writer(fateOf, after), left, choices);
}

interface Topics {
  readonly approvals: AnyMessage[];
  readonly actions: AnyMessage[];
  readonly events: AnyMessage[];
}

function goOn(line: Line, writer: Writer, left: Topics, choices: readonly number[]) {
  const log: Topics = { approvals: [], actions: [], events: [] };
  for (let turn = 0; turn < 500; turn++) {
    const choice = choices[turn % choices.length] ?? 0;
    const topics = (['approvals', 'actions', 'events'] as const).filter((topic) => left[topic].length > 0);
    const moves = [...topics, ...(writer.idle ? [] : ['write' as const])];
    const move = moves[choice % moves.length];
    if (move === undefined) return { line, writer, log };
    if (move === 'write') {
      const told = writer.work(Math.floor(choice / 7));
      if (told !== undefined) left.events.push(told);
      continue;
    }
    const next = left[move].shift() as AnyMessage;
    log[move].push(next);
    writer.command(line.take(next));
  }
  throw new Error('it does not come to an end');
}

function expectEnd({ writer, line }: ReturnType<typeof run>, end: Readonly<Record<string, string>>): void {
  expect(writer.faults).toEqual([]);
  const effective = [...writer.effective].map(([name, { data }]) => [name, data.expectation.amount.amount]);
  expect(Object.fromEntries(effective)).toEqual(end);
  expect(line.blocked).toBeUndefined();
  for (const { data } of writer.effective.values()) {
    expect(data.supersedes).toBe(data.revision === 0 ? undefined : keyOf(data.voucher, data.revision - 1));
  }
}

const chance = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 });
const inOrder = (commands: readonly AnyMessage[]) => commands.map((one) => canonicalJson(one)).sort();

const accrual = flow({ name: 'accrue', voucher: 'accrual', writeBack: '{number}', reversalWriteBack: '-{number}' });
const settlement = flow({ name: 'settle', voucher: 'settlement', after: ['accrual'] });
const payment = flow({ writeBack: '{number}', reversalWriteBack: '-{number}' });
const later = '2026-11-23T00:00:00.000Z';

/** Flows and approvals, with what is to stand in the targets at the end: amount by voucher name. */
const worlds: Readonly<Record<string, World & { readonly end: Readonly<Record<string, string>> }>> = {
  'an approval withdrawn and approved again': {
    flows: book([payment, flow({ name: 'memo', voucher: 'memo' })]),
    approvals: [approved(), withdrawn(), approved('90.00', later)],
    end: { 'payment-bill': '90.00', memo: '90.00' },
  },
  'one that was refused before it was withdrawn': {
    flows: book([payment]),
    approvals: [approved(), withdrawn(), approved('90.00', later)],
    fateOf: ({ data }) => (data.revision === 0 ? 'rejected' : 'confirmed'),
    end: { 'payment-bill': '90.00' },
  },
  'an amended approval': {
    flows: book([payment]),
    approvals: [approved(), amended('120.00')],
    end: { 'payment-bill': '120.00' },
  },
  'a refused voucher that is planned anew on another day': {
    flows: book([payment]),
    approvals: [approved()],
    actions: [replan('a1', '2026-12-01')],
    fateOf: ({ data }) => (data.replaces === undefined ? 'rejected' : 'confirmed'),
    end: { 'payment-bill': '100.00' },
  },
  'one whose day has no open period, on the day that a person gives': {
    flows: book([flow({ openFrom: '2026-12-01', writeBack: '{number}' })]),
    approvals: [approved()],
    actions: [replan('a1', '2026-12-01')],
    end: { 'payment-bill': '100.00' },
  },
  'one of these that is refused, so that the wish is answered': {
    flows: book([flow({ openFrom: '2026-12-01' })]),
    approvals: [approved()],
    actions: [replan('a1', '2026-12-01')],
    fateOf: ({ data }) => (data.replaces === undefined ? 'rejected' : 'confirmed'),
    end: {},
  },
  'vouchers in a declared order': {
    flows: book([settlement, accrual]),
    approvals: [approved()],
    after: { settlement: ['accrual'] },
    end: { accrual: '100.00', settlement: '100.00' },
  },
};

/** Where what is commanded depends on how far the writer was; the end does not. */
const races: typeof worlds = {
  'an approval amended twice, withdrawn, and approved again': {
    flows: book([settlement, accrual]),
    approvals: [
      approved(),
      amended('120.00'),
      amended('130.00', '2026-11-21T12:00:00.000Z'),
      withdrawn(),
      approved('90.00', later),
    ],
    after: { settlement: ['accrual'] },
    end: { accrual: '90.00', settlement: '90.00' },
  },
  'one that is withdrawn for good': {
    flows: book([settlement, accrual]),
    approvals: [approved(), amended('120.00'), withdrawn()],
    after: { settlement: ['accrual'] },
    end: {},
  },
  'one with a voucher that no longer applies': {
    flows: book([flow({ name: 'settle', voucher: 'settlement', after: ['accrual'], skips: ['120.00'] }), accrual]),
    approvals: [approved(), amended('120.00')],
    after: { settlement: ['accrual'] },
    end: { accrual: '120.00' },
  },
};

describe('any interleaving of the topics', () => {
  it.each(Object.entries(worlds))('of %s gives the same commands', (_name, world) => {
    const expected = inOrder(run(world, [0]).line.commands);
    fc.assert(
      fc.property(chance, (choices) => {
        expect(inOrder(run(world, choices).line.commands)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it.each(Object.entries({ ...worlds, ...races }))(
    'of %s ends with one voucher of the newest form, each step in the declared order',
    (_name, world) => {
      fc.assert(
        fc.property(chance, (choices) => expectEnd(run(world, choices), world.end)),
        { numRuns: 60 },
      );
    },
  );

  it.each(Object.entries({ ...worlds, ...races }))(
    'of %s is known alike however it is folded again',
    (_name, world) => {
      fc.assert(
        fc.property(chance, chance, (choices, order) => {
          const { line, log } = run(world, choices);
          const topics = [log.approvals, log.events, log.actions, line.commands];
          expect(shuffled(topics, order).reduce(withMessage, nothingPlanned)).toEqual(line.parts);
        }),
        { numRuns: 30 },
      );
    },
  );
});

describe('a new database on an old log', () => {
  const adopted = ({ line, log }: ReturnType<typeof run>) => {
    return new Line(line.flows, [...line.commands, ...log.actions].reduce(withMessage, nothingPlanned));
  };

  it.each(Object.entries(worlds))('commands nothing of %s again', (_name, world) => {
    fc.assert(
      fc.property(chance, chance, (choices, order) => {
        const before = run(world, choices);
        const line = adopted(before);
        for (const one of shuffled([before.log.approvals, before.log.events], order)) line.take(one);
        expect(line.commands).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it.each(Object.entries({ ...worlds, ...races }))('comes to the same end of %s', (_name, world) => {
    fc.assert(
      fc.property(chance, chance, (choices, order) => {
        const before = run(world, choices);
        const { approvals, events } = before.log;
        expectEnd(goOn(adopted(before), before.writer, { approvals, events, actions: [] }, order), world.end);
      }),
      { numRuns: 30 },
    );
  });
});

/** Merges topics as chance chooses, each in its order. */
function shuffled(topics: readonly (readonly AnyMessage[])[], order: readonly number[]): readonly AnyMessage[] {
  const left = topics.map((messages) => [...messages]);
  const merged: AnyMessage[] = [];
  for (let turn = 0; left.some((messages) => messages.length > 0); turn++) {
    const open = left.filter((messages) => messages.length > 0);
    merged.push(open[(order[turn % order.length] ?? 0) % open.length]?.shift() as AnyMessage);
  }
  return merged;
}
