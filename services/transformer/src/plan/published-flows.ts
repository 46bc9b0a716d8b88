import type { FlowPublished } from '@voucherline/contracts';
import { type ApprovedApproval, type FlowBook, type FlowPlan, versionInForce } from '@voucherline/domain';
import { dayIn } from '@voucherline/mapping';
import type { DecisionContext, Published } from '@voucherline/pipeline';
import { compiledPlan, type Surroundings, type VersionPlan } from './flow-version.js';

/** The flows as they stood at one position of the configuration, indexed by what they take. */
export class PublishedFlows implements FlowBook {
  readonly #context: DecisionContext;
  readonly #position: number;
  /** Versions of each flow, oldest first. */
  readonly #versions = new Map<string, readonly VersionPlan[]>();
  /** Names of flows of which any version takes a connection's kind. */
  readonly #bySource = new Map<string, Set<string>>();

  constructor(surroundings: Surroundings) {
    const { context } = surroundings;
    const { configuration } = context;
    this.#context = context;
    this.#position = configuration.position;
    const planOf = (published: Published<FlowPublished['content']>) => compiledPlan(published, surroundings);
    for (const name of configuration.flowNames()) {
      const versions = configuration.flowVersions(name).map(planOf);
      this.#versions.set(name, versions);
      for (const { source } of versions) this.#index(name, source);
    }
  }

  #index(name: string, { connection, kinds }: VersionPlan['source']): void {
    for (const kind of kinds) {
      const key = sourceKey(connection, kind);
      const names = this.#bySource.get(key) ?? new Set();
      this.#bySource.set(key, names.add(name));
    }
  }

  /** Whether nothing was published since. What was pulled is looked up when a voucher is made. */
  isOf({ configuration, masterData }: DecisionContext): boolean {
    const same = configuration === this.#context.configuration && masterData === this.#context.masterData;
    return same && configuration.position === this.#position;
  }

  inForce(approved: ApprovedApproval): readonly FlowPlan[] {
    const { connection, kind, approvedAt } = approved;
    const names = this.#bySource.get(sourceKey(connection, kind)) ?? [];
    return [...names].flatMap((name) => {
      const version = versionInForce(this.#versions.get(name) ?? [], approvedAt);
      // The version in force may take other kinds than another version of the same flow.
      return version?.source.connection === connection && version.source.kinds.includes(kind) ? [version.plan] : [];
    });
  }

  version({ name, hash }: { readonly name: string; readonly hash: string }): FlowPlan | undefined {
    return this.#versions.get(name)?.find(({ plan }) => plan.version.hash === hash)?.plan;
  }

  dayAt(connection: string, instant: string): string | undefined {
    const timeZone = this.#context.configuration.connection(connection)?.content.timeZone;
    return timeZone && dayIn(timeZone, instant);
  }
}

function sourceKey(connection: string, kind: string): string {
  return `${connection}\n${kind}`;
}
