import { CORP, type InstanceParts, subjectOf } from '@voucherline/transformer/fixtures';

/** How an instance of DingTalk stands; each change makes another, so that an older state can be shown. */
export interface InstanceState {
  readonly at: number;
  readonly parts: InstanceParts;
}

/** An approval or a revocation, as DingTalk keeps it. */
export interface Instance {
  readonly id: string;
  readonly document: string;
  readonly processCode: string;
  /** Oldest first. */
  readonly states: InstanceState[];
  /** Keys of notes, as often as they were written. */
  readonly notes: string[];
}

/** All instances of one corporation, with every state they ever had. */
export class Approvals {
  readonly instances = new Map<string, Instance>();

  /** @param now ms */
  constructor(private readonly now: () => number) {}

  submit(id: string, processCode: string, parts: InstanceParts): Instance {
    const created = localTime(this.now());
    const first = { at: this.now(), parts: { ...parts, id, processCode, created, status: 'RUNNING' } as const };
    const instance = { id, document: subjectOf(id), processCode, states: [first], notes: [] };
    this.instances.set(instance.document, instance);
    return instance;
  }

  change(instance: Instance, parts: Partial<InstanceParts>): void {
    instance.states.push({ at: this.now(), parts: { ...newest(instance), ...parts } });
  }

  /** What DingTalk showed of a document at a time; undefined before it was submitted. */
  shown(document: string, at: number): InstanceParts | undefined {
    return this.instances.get(document)?.states.findLast((state) => state.at <= at)?.parts;
  }

  /** Documents of a form that were submitted in a window, oldest first. */
  listed(processCode: string, from: number, to: number): readonly string[] {
    const created = ({ states }: Instance) => states[0]?.at ?? 0;
    return [...this.instances.values()]
      .filter((one) => one.processCode === processCode && created(one) >= from && created(one) < to)
      .map(({ document }) => document);
  }
}

export function newest({ states }: Instance): InstanceParts {
  return (states.at(-1) as InstanceState).parts;
}

const AHEAD_MS = 8 * 3_600_000;

/** DingTalk's form of time, in China. */
export function localTime(ms: number): string {
  return new Date(ms + AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ');
}

export { CORP };
