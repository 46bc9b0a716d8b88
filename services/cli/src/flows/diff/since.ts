import { dayIn } from '@voucherline/mapping';
import { CommandError } from '../../command.js';

/** From where on history counts: a day where the approvals are, an instant, or an offset in each partition of `approvals.events`. */
export type Since =
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'instant'; readonly at: number; readonly text: string }
  | { readonly kind: 'offset'; readonly offset: bigint };

/** @throws {CommandError} when the text is none of the three */
export function parseSince(text: string): Since {
  if (/^\d{1,18}$/.test(text)) return { kind: 'offset', offset: BigInt(text) };
  const at = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at)) return { kind: 'day', day: text };
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(at)) return { kind: 'instant', at, text };
  throw new CommandError(
    `--since ${text}: give a day (2026-11-01), an instant (2026-11-01T08:00:00+08:00) or an offset of approvals.events`,
  );
}

/** The day that is so many days before an instant (ms), as a day of UTC. */
export function daysBefore(now: number, days: number): Since {
  return { kind: 'day', day: new Date(now - days * 86_400_000).toISOString().slice(0, 10) };
}

export function isSince(
  since: Since,
  message: { readonly time: string; readonly offset: bigint },
  timeZone: string,
): boolean {
  switch (since.kind) {
    case 'day':
      return dayIn(timeZone, message.time) >= since.day;
    case 'instant':
      return Date.parse(message.time) >= since.at;
    case 'offset':
      return message.offset >= since.offset;
  }
}

export function sinceText(since: Since): string {
  return since.kind === 'offset' ? `offset ${since.offset}` : since.kind === 'day' ? since.day : since.text;
}
