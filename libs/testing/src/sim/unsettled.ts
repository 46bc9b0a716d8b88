import type { NoteLane, PostLane } from '@voucherline/erp-writer/workers';
import { openCases } from './people/cases.js';
import { effectiveFor } from './people/standing.js';
import type { Scene } from './scene.js';
import type { WorkTables } from './world.js';

/** What has not come to its end yet, in words; nothing when all has (I11). Cheapest questions first. */
export function* unsettled({ world, book, requests, employees, approvals }: Scene): Generator<string> {
  if (employees.busy > 0) yield `people are at work on ${employees.busy} approvals`;
  if (requests.late > 0) yield `${requests.late} requests are still to be executed late`;
  for (const truth of employees.truths) {
    const { instance, approvedAt, revokedAt } = truth;
    const wanted = approvedAt !== undefined && revokedAt === undefined ? 1 : 0;
    const found = effectiveFor(book, truth).length;
    if (found !== wanted) yield `${instance.id} has ${found} effective vouchers, not ${wanted}`;
  }
  for (const [key, lane] of lanesOf<PostLane>(world.post)) {
    if (lane.commands.length > 0) yield `${key} has commands under way: ${lane.commands.map(situationOf).join(', ')}`;
    if (lane.watched.length > 0) yield `${key} has a confirmed voucher that is watched`;
  }
  for (const [key, lane] of lanesOf<NoteLane>(world.note)) {
    if (lane.notes.length > 0) yield `${key} has notes under way`;
  }
  for (const { code, subject } of openCases(world)) yield `${subject} is parked: ${code}`;
  for (const { data } of world.said('WriteBack')) {
    if (!approvals.instances.get(data.document)?.notes.includes(data.writeBackKey))
      yield `${data.document} has no note`;
  }
}

function lanesOf<L>({ memory }: WorkTables): readonly (readonly [string, L])[] {
  return [...memory.lanes.values()].flatMap((lanes) =>
    [...lanes].flatMap(([key, { state, mail }]) => {
      if (mail.length > 0) return [[key, { commands: mail, watched: [], notes: mail } as L] as const];
      return state === null ? [] : [[key, JSON.parse(state) as L] as const];
    }),
  );
}

function situationOf(entry: PostLane['commands'][number]): string {
  return 'record' in entry ? (entry.record?.situation.name ?? 'waiting') : 'reversal';
}
