import { readdirSync, readFileSync } from 'node:fs';
import { TOPICS, type Topic } from '@voucherline/contracts';
import type { KingdeeDocument } from '@voucherline/local';
import {
  acknowledgedIsKept,
  endedHasEvidence,
  type Fault,
  nothingElse,
  oneRightVoucherEach,
  parkedSaysWhy,
  type Told,
} from '../line/invariants.js';
import { COMPANIES, type LineFromOutside } from '../line/line-from-outside.js';
import { OUR_USER } from '../line/oracle.js';
import { type Approved, CANARY } from './arrivals.js';
import { type MetricsWatch, serviceLogs } from './counters.js';

/** What a check may look at. */
export interface Evidence {
  readonly line: LineFromOutside;
  readonly log: Told;
  readonly approved: readonly Approved[];
  readonly metrics: MetricsWatch;
  /** Documents of other people as they were when the campaign began, by company. */
  readonly foreign: readonly string[];
  /** Seconds from the healing until all was right; undefined when it never was. */
  readonly settledAfter: number | undefined;
}

type Check = (evidence: Evidence) => readonly Fault[] | Promise<readonly Fault[]>;

/** The invariants of failure-modes.md §5 that show from outside. */
export const INVARIANTS: Readonly<Record<string, { readonly says: string; readonly check: Check }>> = {
  I1: {
    says: 'every approved expense has exactly one posted voucher, right to the cent (I3 with it)',
    check: ({ line, approved }) => oneRightVoucherEach(line, approved),
  },
  I2: { says: 'no voucher without an approval, no draft of ours left', check: ({ line }) => nothingElse(line) },
  I4: {
    says: 'documents of other people are byte for byte what they were',
    check: ({ line, foreign }) => {
      const now = new Set(foreignDocuments(line));
      return foreign
        .filter((text) => !now.has(text))
        .map((text) => `I4: another's document was changed: ${text.slice(0, 200)}`);
    },
  },
  I5: {
    says: 'every callback that was answered with success is on the log',
    check: ({ line, log }) => acknowledgedIsKept(line, log),
  },
  I6: {
    says: 'what ended has evidence: the confirmed document is the one in the book',
    check: ({ line, log, approved }) => endedHasEvidence(line, log, approved),
  },
  I11: {
    says: 'all settled in time; what is parked says why, whose it is and what to do',
    check: ({ log, settledAfter }) => [
      ...(settledAfter === undefined ? ['I11: not everything was right in time after the healing'] : []),
      ...parkedSaysWhy(log),
    ],
  },
  I14: {
    says: 'no secret and no bank account in logs and metrics, no bank account in topics that keep no documents',
    check: secrets,
  },
  I17: { says: 'no exception and no rejection that nobody caught', check: ({ line }) => uncaught(line) },
};

/** Those that can not be told from outside, and who looks at them. */
export const NOT_CHECKED: Readonly<Record<string, string>> = {
  I7: 'no send after a doubt without a look-up between: the model check and the simulation',
  I8: 'attempts per voucher ≤ 1 + doubts + throttles: the simulation',
  I9: 'effects of one approval in revision order: nothing is taken back here; the simulation',
  I10: 'a stored position never passes an unhandled record: I1 shows its effect; property tests of pipeline and work',
  I12: 'open breaker, no money calls: tests of libs/work',
  I13: 'audit chain: there is none yet',
  I15: 'the reconciliation report equals the books: there is no reconciler yet',
};

/** Documents that others made, each as its text in the book. Applications are not among them: bills of ours change them. */
export function foreignDocuments(line: LineFromOutside): readonly string[] {
  const isForeign = ({ creator, form }: KingdeeDocument) => creator !== OUR_USER && form !== 'CN_PAYAPPLY';
  return COMPANIES.flatMap((company) =>
    line
      .book(company)
      .filter(isForeign)
      .map((document) => JSON.stringify(document)),
  );
}

/** Topics in which documents may stand as they were read (design.md §3). */
const PERSONAL: readonly Topic[] = [
  'inbound.received.v1',
  'documents.collected.v1',
  'approvals.events.v1',
  'vouchers.commands.v1',
];

async function secrets({ line, metrics }: Evidence): Promise<readonly Fault[]> {
  const folder = line.facts.environment.SECRETS_DIR ?? '';
  const words = [CANARY, ...readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'))];
  const found = (where: string, text: string) =>
    words.filter((word) => text.includes(word)).map((word) => `I14: ${where} shows ${word.slice(0, 4)}…`);
  const faults = serviceLogs(line.facts).flatMap(({ process, text }) => found(`the log of ${process}`, text));
  for (const [url, text] of metrics.texts) faults.push(...found(url, text));
  const topics = (Object.keys(TOPICS) as Topic[]).filter((topic) => !PERSONAL.includes(topic));
  for (const topic of topics) {
    for (const { partition, low, high } of await line.broker.offsets(topic)) {
      if (low === high) continue;
      for await (const records of line.broker.read(topic, partition, low, high)) {
        for (const { value } of records) faults.push(...found(topic, value?.toString() ?? ''));
      }
    }
  }
  return [...new Set(faults)];
}

function uncaught(line: LineFromOutside): readonly Fault[] {
  return serviceLogs(line.facts)
    .filter(({ text }) => text.includes('uncaught exception, exiting') || text.includes('unhandled rejection, exiting'))
    .map(({ process, text }) => `I17: ${process}: ${text.slice(0, 400)}`);
}

/** Checks all of them; gives the faults by invariant. */
export async function checkAll(evidence: Evidence): Promise<Readonly<Record<string, readonly Fault[]>>> {
  const faults: Record<string, readonly Fault[]> = {};
  for (const [name, { check }] of Object.entries(INVARIANTS)) faults[name] = await check(evidence);
  return faults;
}
