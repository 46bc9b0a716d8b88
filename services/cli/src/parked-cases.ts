import type { MessageParked } from '@voucherline/contracts';
import { type Broker, readTopic } from '@voucherline/pipeline';

/** A case that waits for a person, as the log tells it. */
export interface ParkedCase {
  readonly data: MessageParked;
  readonly subject: string;
  readonly since: string;
}

/** Cases that one mend releases. */
export interface Cause {
  readonly code: string;
  readonly owner: MessageParked['owner'];
  readonly cases: number;
}

/** What waits, in the order in which it was parked. A case's own time is that of its cause, which may be older than others'. */
export async function waitingCases(broker: Broker): Promise<readonly ParkedCase[]> {
  const waiting = new Map<string, ParkedCase & { readonly parkedAt: number }>();
  for await (const { message, record } of readTopic(broker, 'operations.events.v1')) {
    if (message.type === 'MessageParked') {
      const { data, key: subject, time: since } = message;
      waiting.set(data.parkedId, { data, subject, since, parkedAt: record.timestamp });
    } else if (message.type === 'ParkedResolved') {
      waiting.delete(message.data.parkedId);
    }
  }
  return [...waiting.values()].sort((a, b) => a.parkedAt - b.parkedAt || Date.parse(a.since) - Date.parse(b.since));
}

/**
 * Whether a code is this cause: the same, or one that goes on after it with a `:` (`mapping.no-code:cost-centres` is the cause
 * of `mapping.no-code:cost-centres:研发部`, and not of `mapping.no-code:cost-centres-2:…`).
 */
export function isOfCause(code: string, cause: string): boolean {
  return code === cause || code.startsWith(cause.endsWith(':') ? cause : `${cause}:`);
}

/** The causes of cases, the most frequent first. */
export function causesOf(cases: readonly ParkedCase[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const { data } of cases) {
    const { code, owner } = data;
    causes.set(code, { code, owner, cases: (causes.get(code)?.cases ?? 0) + 1 });
  }
  return [...causes.values()].sort((a, b) => b.cases - a.cases);
}
