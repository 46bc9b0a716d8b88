import type { AnyMessage, Lookups, Message, UsedRow } from '@voucherline/contracts';
import { type ApprovedApproval, nothingPlanned, withMessage } from '@voucherline/domain';
import { type Flow, FlowCompiler, UnreadableFlow } from '@voucherline/mapping';
import type { Published } from '../../published.js';
import { type Outcome, outcomeOf } from '../outcome.js';

/** What the version that made a voucher gives today, of the same form, rows and day. */
export type EvaluatedAgain =
  /** `dateByHand`: with the accounting date of the command, which a person gave. */
  | { readonly kind: 'evaluated'; readonly outcome: Outcome; readonly dateByHand: boolean }
  /** It can't be evaluated again, and why. */
  | { readonly kind: 'not'; readonly reason: string };

/** Evaluates the version that a command names on what the command was made from. */
export function evaluateAgain(
  command: Message<'PostVoucher'>,
  events: readonly AnyMessage[],
  published: Published,
): EvaluatedAgain {
  const { flow: version, members, lookups = [], accountingDate, action } = command.data;
  const approval = formOf(events, members[0]?.revision ?? 0);
  if (approval === undefined) return { kind: 'not', reason: 'the form that it was made from is not on the log' };
  const content = published.flows.get(version.name)?.find(({ hash }) => hash === version.hash)?.content;
  if (content === undefined)
    return { kind: 'not', reason: `version ${version.hash} of ${version.name} is not on the log` };
  const flow = compiled(version.hash, content);
  if (typeof flow === 'string') return { kind: 'not', reason: `this release can't read that version: ${flow}` };
  const timeZone = timeZoneAt(published, flow.source.connection, command.configuration);
  if (timeZone === undefined) return { kind: 'not', reason: `connection ${flow.source.connection} is not on the log` };

  const circumstances = { timeZone, masterData: recordedRows(lookups), trace: true };
  const byFlow = outcomeOf(flow, approval, circumstances);
  const isSameDay = byFlow.kind === 'voucher' && byFlow.rendering.accountingDate === accountingDate;
  // The command does not say what the action was; a day is what it can have given.
  const dateByHand = action !== undefined && !isSameDay;
  const outcome = dateByHand ? outcomeOf(flow, approval, { ...circumstances, accountingDate }) : byFlow;
  return { kind: 'evaluated', outcome, dateByHand: dateByHand && outcome.kind === 'voucher' };
}

/** The approval with the n-th of its forms, as planning counts them. */
function formOf(events: readonly AnyMessage[], revision: number): ApprovedApproval | undefined {
  let parts = nothingPlanned;
  for (const event of events) {
    parts = withMessage(parts, event);
    if (parts.approval.approved?.revision === revision) return parts.approval.approved;
  }
  return undefined;
}

function compiled(hash: string, content: Readonly<Record<string, unknown>>): Flow | string {
  try {
    return new FlowCompiler().compile(hash, content);
  } catch (error) {
    if (error instanceof UnreadableFlow) return error.message;
    throw error;
  }
}

/** As the planner knew the connection when it made the command. */
function timeZoneAt({ connections }: Published, name: string, position = Number.POSITIVE_INFINITY): string | undefined {
  const versions = connections.get(name) ?? [];
  return (versions.findLast(({ offset }) => offset <= position) ?? versions.at(0))?.content.timeZone;
}

/** The rows of master data that the command says it used; code tables are a part of the version. */
function recordedRows(used: readonly UsedRow[]): Lookups {
  return {
    find: (table, criteria, day) => {
      const rows = used.filter((one) => {
        const same = criteria.every(({ column, value }) => one.criteria[column] === value);
        return one.table === table && one.day === day && same && Object.keys(one.criteria).length === criteria.length;
      });
      const unique = rows.map(({ row: columns, validFrom, validTo }) => ({
        columns,
        ...(validFrom !== undefined && { validFrom }),
        ...(validTo !== undefined && { validTo }),
      }));
      return { kind: 'rows', rows: unique };
    },
  };
}
