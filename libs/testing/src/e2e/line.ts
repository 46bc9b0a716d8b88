import type { AnyMessage, MessageType, Topic } from '@voucherline/contracts';
import { expect } from 'vitest';
import { eventually } from '../line/eventually.js';
import { type Case, type Company, LineFromOutside, STORY } from '../line/line-from-outside.js';
import type { Owed } from '../line/oracle.js';
import type { StackFacts } from '../line/start-test-stack.js';
import { voucherline } from '../line/voucherline.js';
import { approvedClaims } from './flows/claims.js';
import { type Processes, processesOf, stackFacts } from './processes.js';

export { type Case, type Company, FORMS, subjectOf } from '../line/line-from-outside.js';

/** The line of the tests: from outside, with the processes that make it go, and expectations that wait. */
export class Line extends LineFromOutside {
  private constructor(
    facts: StackFacts,
    readonly processes: Processes,
  ) {
    super(facts, 'e2e');
  }

  static async open(controlUrl: string): Promise<Line> {
    return new Line(await stackFacts(controlUrl), processesOf(controlUrl));
  }

  override everApproved(company: Company): readonly Owed[] {
    return [...super.everApproved(company), ...(company === 'hq' ? approvedClaims(this) : [])];
  }

  /** Waits until both whole books hold nothing of ours but single audited documents of approvals, right to the cent. */
  async expectNothingElse(): Promise<void> {
    await eventually('books without faults', () => expect(this.faultsOfAll()).toEqual([]));
  }

  /** Waits until the books hold exactly what these cases are worth. */
  async expectPosted(cases: readonly Case[], options: { withinMs?: number } = {}): Promise<void> {
    await eventually(`${cases.length} vouchers in the book`, () => expect(this.faultsOf(cases)).toEqual([]), options);
  }

  /** Waits until a message of a type about this case is on the log, and gives the first. */
  told<T extends MessageType>(
    one: Pick<Case, 'subject'>,
    type: T,
    options: { withinMs?: number } = {},
  ): Promise<Extract<AnyMessage, { type: T }>> {
    return eventually(
      `${type} about ${one.subject}`,
      async () => {
        const story = await this.story(one, [...STORY, 'operations.events.v1', 'documents.collected.v1']);
        const found = story.find(({ message }) => message.type === type);
        if (found === undefined) throw new Error(`the log says ${story.map(({ message }) => message.type).join(', ')}`);
        return found.message as Extract<AnyMessage, { type: T }>;
      },
      { everyMs: 500, ...options },
    );
  }

  /** All messages of a type about this case, in their order. */
  async messages<T extends MessageType>(one: Pick<Case, 'subject'>, type: T, topics?: readonly Topic[]) {
    type Wanted = Extract<AnyMessage, { type: T }>;
    const story = await this.story(one, topics);
    return story.map(({ message }) => message).filter((message): message is Wanted => message.type === type);
  }

  /** Runs the command line as a person would; gives what it says. @throws when it fails */
  cli(...args: string[]): Promise<string> {
    return voucherline(this.facts, ...args);
  }
}
