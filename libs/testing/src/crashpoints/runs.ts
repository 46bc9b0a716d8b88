import type { Service } from '@voucherline/local';
import type { CrashLabel, CrashStep } from '@voucherline/platform';

/** Reads and writes. */
const CALLS = [
  ...(['intake.take-over', 'intake.decode', 'intake.commit', 'group.offset'] as const),
  ...(['lease.renew', 'lease.claim', 'lane.take', 'lane.plan', 'call.send', 'call.answer'] as const),
  ...(['lane.wait', 'work.commit', 'work.publish'] as const),
] as const satisfies readonly CrashStep[];

/** Which process passes which steps. A clean run holds it: what is here is passed, what is passed is here. */
export const PASSED_BY: Readonly<Record<Service, readonly CrashStep[]>> = {
  'webhook-ingestion': ['webhook.verify', 'webhook.append', 'webhook.answer'],
  collector: CALLS,
  transformer: [
    ...(['stage.take-over', 'stage.attempt', 'stage.decode', 'stage.handle', 'stage.commit', 'stage.publish'] as const),
    'group.offset',
  ],
  // Only writes are on record before they are sent.
  'erp-writer': [...CALLS, 'lane.hold'],
};

/** Passed once in a life, so there is no second time: the collector's only connection is leased by one claim. */
export const PASSED_ONCE: readonly `${Service}/${CrashStep}`[] = ['collector/lease.claim'];

/** What the vendors do meanwhile: all well; replies and answers lost after the deed; deeds done late. */
export const FLAVOURS = ['clean', 'reply-lost', 'late'] as const;
export type Flavour = (typeof FLAVOURS)[number];

/** One death: which process dies where, at which passing, between which vendors. */
export interface CrashRun {
  /** Names it on the command line: `<service>/<label>:<n>/<flavour>`. */
  readonly id: string;
  readonly service: Service;
  readonly label: CrashLabel;
  readonly nth: 1 | 2;
  readonly flavour: Flavour;
}

/** Labels of a service, in the order of its work. */
export function labelsOf(service: Service): readonly CrashLabel[] {
  return PASSED_BY[service].flatMap((step) => [`before-${step}`, `after-${step}`] as const);
}

/** All runs that there are. */
export function allRuns(): readonly CrashRun[] {
  return FLAVOURS.flatMap((flavour) =>
    ([1, 2] as const).flatMap((nth) =>
      (Object.keys(PASSED_BY) as Service[]).flatMap((service) =>
        labelsOf(service)
          .filter((label) => nth === 1 || !isPassedOnce(service, label))
          .map((label) => ({ id: `${service}/${label}:${nth}/${flavour}`, service, label, nth, flavour })),
      ),
    ),
  );
}

/** Every tenth run from the `tenth`-th on (0 to 9), or those whose id contains `only`. */
export function chosenRuns({ only, tenth }: { only?: string; tenth?: number }): readonly CrashRun[] {
  return allRuns()
    .filter((_, index) => tenth === undefined || index % 10 === tenth)
    .filter(({ id }) => only === undefined || id.includes(only));
}

function isPassedOnce(service: Service, label: CrashLabel): boolean {
  return PASSED_ONCE.includes(`${service}/${label.replace(/^(before|after)-/, '') as CrashStep}`);
}
