import { voucherKey } from '@voucherline/contracts';
import { type FlowBook, type FlowPlan, lacksPeriod, type Rendered } from './flow-book.js';
import type { ApprovedApproval, Ended, PlanParts, PostedCommand, Replan } from './parts.js';

/** A voucher that was commanded to be posted. */
export interface Commanded {
  readonly key: string;
  readonly posted: PostedCommand;
  /** Names of the vouchers that it comes after, by the version of the flow that made it. */
  readonly after: readonly string[];
}

/** What a flow makes of an approval. */
export interface Made {
  readonly rendered: Rendered;
  /** Where no accounting period was open for the day: the wish of a person whose day it got. */
  readonly wish?: Replan;
}

/** What is known of a subject, with the questions that planning asks; each flow is rendered once. */
export class Subject {
  readonly key: string;
  readonly parts: PlanParts;
  readonly flows: FlowBook;
  /** Absent before the approval and while it is withdrawn. */
  readonly approved: ApprovedApproval | undefined;
  readonly #inForce: readonly FlowPlan[];
  readonly #made = new Map<FlowPlan, Made>();

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

  /** What a flow makes of the approval as it is now, on the day that it says itself. */
  made(flow: FlowPlan, approved: ApprovedApproval): Made {
    let made = this.#made.get(flow);
    if (made === undefined) {
      made = this.onOpenDay(flow, approved);
      this.#made.set(flow, made);
    }
    return made;
  }

  /**
   * What a flow makes of the approval. Where no period is open for the day, the newest day that a person gave since the form
   * was told stands for it; elsewhere a person's day is for what was refused only, whichever was heard first.
   */
  onOpenDay(flow: FlowPlan, approved: ApprovedApproval, accountingDate?: string): Made {
    const rendered = flow.render(approved, accountingDate);
    if (rendered.kind !== 'fault' || !lacksPeriod(rendered.fault)) return { rendered };
    const told = Date.parse(approved.amendedAt ?? approved.approvedAt);
    const wish = this.parts.replans.findLast(({ accountingDate, at }) => {
      return accountingDate !== undefined && Date.parse(at) >= told;
    });
    return wish === undefined ? { rendered } : { rendered: flow.render(approved, wish.accountingDate), wish };
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
