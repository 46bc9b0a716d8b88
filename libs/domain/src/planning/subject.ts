import { voucherKey } from '@voucherline/contracts';
import type { FlowBook, FlowPlan, Rendered } from './flow-book.js';
import type { ApprovedApproval, Ended, PlanParts, PostedCommand } from './parts.js';

/** A voucher that was commanded to be posted. */
export interface Commanded {
  readonly key: string;
  readonly posted: PostedCommand;
  /** Names of the vouchers that it comes after, by the version of the flow that made it. */
  readonly after: readonly string[];
}

/** What is known of a subject, with the questions that planning asks; each flow is rendered once. */
export class Subject {
  readonly key: string;
  readonly parts: PlanParts;
  readonly flows: FlowBook;
  /** Absent before the approval and while it is withdrawn. */
  readonly approved: ApprovedApproval | undefined;
  readonly #inForce: readonly FlowPlan[];
  readonly #made = new Map<FlowPlan, Rendered>();

  constructor(key: string, parts: PlanParts, flows: FlowBook) {
    this.key = key;
    this.parts = parts;
    this.flows = flows;
    this.approved = parts.approval.approved;
    this.#inForce = this.approved === undefined ? [] : flows.inForce(this.approved);
  }

  /** Of each flow, the version in force for the approval. */
  inForce(): readonly FlowPlan[] {
    return this.#inForce;
  }

  /** What a flow makes of the approval as it is now. */
  made(flow: FlowPlan, approved: ApprovedApproval): Rendered {
    let made = this.#made.get(flow);
    if (made === undefined) {
      made = flow.render(approved);
      this.#made.set(flow, made);
    }
    return made;
  }

  /** How many vouchers of this name lost their effect, by the writer's events: the revision that may stand now. */
  revision(voucher: string): number {
    const { ended } = this.parts.vouchers;
    const isOver = (how: Ended['how'] | undefined) => how === 'reversed' || how === 'withdrawn';
    let revision = 0;
    while (isOver(ended[voucherKey(this.key, voucher, revision)]?.how)) revision++;
    return revision;
  }

  keyOf(voucher: string, revision = this.revision(voucher)): string {
    return voucherKey(this.key, voucher, revision);
  }

  posted(key: string): PostedCommand | undefined {
    return this.parts.commands.posted[key];
  }

  /** Whether it may still have an effect in its target. */
  isLive(key: string): boolean {
    return this.parts.vouchers.ended[key] === undefined;
  }

  isDiscarded(key: string): boolean {
    return this.parts.vouchers.ended[key]?.how === 'discarded';
  }

  isReversed(key: string): boolean {
    return this.parts.commands.reversed.includes(key);
  }

  /** All that was commanded to be posted. */
  commanded(): readonly Commanded[] {
    return Object.entries(this.parts.commands.posted).map(([key, posted]) => {
      return { key, posted, after: this.flows.version(posted.flow)?.voucher.after ?? [] };
    });
  }
}
