import { factId, inBoth } from '@voucherline/contracts';
import type { Obstacle } from '../draft.js';
import { type CommandDraft, fingerprintOf, type Plan } from './command.js';
import type { ApprovedApproval, PostedCommand } from './parts.js';
import type { Commanded, Subject } from './subject.js';

/** Why a voucher may not keep its effect, and since when. */
interface Cause {
  readonly reason: string;
  readonly at: string;
}

/** Which of the commanded vouchers may not keep their effect, by key. */
export interface Reversals {
  readonly causes: ReadonlyMap<string, Cause>;
  /** What keeps an amended voucher from being compared. */
  readonly blocked?: Obstacle;
}

/**
 * Looks for vouchers of an approval that was withdrawn, or amended so that the version that made them would make something
 * else now. What comes after such a voucher has to go with it. A later version of a flow changes nothing.
 */
export function reversalsOf(subject: Subject): Reversals {
  const causes = new Map<string, Cause>();
  let blocked: Obstacle | undefined;
  const commanded = subject.commanded();
  for (const { key, posted } of commanded) {
    const found = causeOf(posted, subject);
    if (found === undefined) continue;
    if ('code' in found) blocked ??= found;
    else causes.set(key, found);
  }
  const live = commanded.filter(({ key }) => subject.isLive(key));
  for (let more = true; more; ) more = spread(subject, live, causes);
  return { causes, ...(blocked && { blocked }) };
}

/** Gives each live voucher that comes after one that has to go the cause of that one. @returns whether one was found */
function spread(subject: Subject, live: readonly Commanded[], causes: Map<string, Cause>): boolean {
  for (const { key, after } of live) {
    if (causes.has(key)) continue;
    // One that was told to go had nothing left after it: what stands after its name now came later.
    const goes = ({ key: earlier, posted }: Commanded) =>
      after.includes(posted.voucher) && !subject.isReversed(earlier);
    const earlier = live.find((one) => causes.has(one.key) && goes(one));
    const cause = earlier && causes.get(earlier.key);
    if (cause === undefined) continue;
    causes.set(key, cause);
    return true;
  }
  return false;
}

/** "No effective voucher under this key": the writer finds out what that takes. The last one posted is the first to go. */
export function missingReversals(subject: Subject, { causes }: Reversals): Plan {
  const { connection } = subject.parts.approval;
  const commanded = subject.commanded();
  const messages = commanded.flatMap(({ key, posted }): CommandDraft[] => {
    const cause = causes.get(key);
    if (cause === undefined || subject.isReversed(key)) return [];
    if (commanded.some((later) => later.after.includes(posted.voucher) && subject.isLive(later.key))) return [];
    const { voucher, revision, target } = posted;
    const accountingDate = connection && subject.flows.dayAt(connection, cause.at);
    const data = { voucherKey: key, voucher, revision, target, reason: cause.reason };
    return [
      {
        type: 'ReverseVoucher',
        id: factId('ReverseVoucher', key),
        time: cause.at,
        data: { ...data, ...(accountingDate !== undefined && { accountingDate }) },
      },
    ];
  });
  return { messages };
}

function causeOf(posted: PostedCommand, subject: Subject): Cause | Obstacle | undefined {
  const { withdrawals, approved } = subject.parts.approval;
  const withdrawal = withdrawals.find(({ revision }) => posted.form <= revision);
  if (withdrawal !== undefined) {
    const { withdrawnAt: at, revocation } = withdrawal;
    return {
      reason:
        revocation === undefined
          ? inBoth('the approval was withdrawn', '审批已撤回')
          : inBoth(`the approval was revoked by ${revocation}`, '审批已撤销'),
      at,
    };
  }
  // Commands may be ahead of the approval while a new database reads an old log.
  return approved === undefined || posted.form >= approved.revision ? undefined : changeOf(posted, approved, subject);
}

function changeOf(posted: PostedCommand, approved: ApprovedApproval, subject: Subject): Cause | Obstacle | undefined {
  const version = subject.flows.version(posted.flow);
  if (version === undefined) return unknownVersion(posted);
  const date = subject.parts.replans.find(({ action }) => action === posted.answers.at(-1))?.accountingDate;
  const { rendered: made } = subject.onOpenDay(version, approved, date);
  if (made.kind === 'fault') return made.fault;
  if (made.kind === 'rendered' && fingerprintOf(version, made.content) === posted.fingerprint) return undefined;
  return { reason: inBoth('the approval was amended', '审批已变更'), at: approved.amendedAt ?? approved.approvedAt };
}

function unknownVersion({ voucher, flow }: PostedCommand): Obstacle {
  return {
    code: 'flow.unknown-version',
    reason: inBoth(
      `the approval was amended, and the version of flow ${flow.name} that made its "${voucher}" is not published here`,
      '审批已变更，但生成凭证的流程版本未在此发布',
    ),
    owner: 'administrator',
    nextStep: inBoth('Find out which configuration was lost; then release.', '请查明丢失了哪个配置，恢复后放行。'),
  };
}
