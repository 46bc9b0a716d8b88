import { type AnyMessage, factId, type Topic } from '@voucherline/contracts';
import { readTopic } from '@voucherline/pipeline';
import { type Case, CORP, type LineFromOutside } from './line-from-outside.js';

/** What is wrong, in words. */
export type Fault = string;

/** All that the log says about cases, read once for all of them. */
export interface Told {
  readonly byKey: ReadonlyMap<string, readonly AnyMessage[]>;
  readonly ids: ReadonlySet<string>;
  /** How many there are of each type. */
  readonly types: ReadonlyMap<string, number>;
}

const READ: readonly Topic[] = [
  ...(['inbound.received.v1', 'approvals.events.v1', 'vouchers.commands.v1'] as const),
  ...(['vouchers.events.v1', 'operations.events.v1'] as const),
];

/** Reads the topics that invariants look at. */
export async function told(line: LineFromOutside): Promise<Told> {
  const byKey = new Map<string, AnyMessage[]>();
  const ids = new Set<string>();
  const types = new Map<string, number>();
  for (const topic of READ) {
    for await (const { message } of readTopic(line.broker, topic)) {
      ids.add(message.id);
      types.set(message.type, (types.get(message.type) ?? 0) + 1);
      const about = byKey.get(message.key);
      if (about === undefined) byKey.set(message.key, [message]);
      else about.push(message);
    }
  }
  return { byKey, ids, types };
}

const about = ({ byKey }: Told, { subject }: Pick<Case, 'subject'>) => byKey.get(subject) ?? [];

/** I1, I3: every approval has exactly one posted document, right to the cent. By the books alone. */
export function oneRightVoucherEach(line: LineFromOutside, cases: readonly Case[]): readonly Fault[] {
  return line.faultsOf(cases);
}

/** I2: nothing of ours stands in a book without an approval, and no draft is left behind. By the books alone. */
export function nothingElse(line: LineFromOutside): readonly Fault[] {
  return line.faultsOfAll();
}

/** I5: every callback that was answered with success is on the log. */
export async function acknowledgedIsKept(line: LineFromOutside, { ids }: Told): Promise<readonly Fault[]> {
  const callbacks = await line.dingtalk.allCallbacks();
  return callbacks
    .filter(({ tries }) => tries.some(({ outcome }) => outcome === 'ok'))
    .filter(({ event }) => !ids.has(factId('InboundReceived', 'dingtalk', CORP, asLatin1(event.payload))))
    .map(
      ({ event }) =>
        `I5: DingTalk was told that ${event.type} of ${event.instanceId} is kept, and it is not on the log`,
    );
}

/** I6: what ended has its evidence: the document that was confirmed is the one in the book. */
export function endedHasEvidence(line: LineFromOutside, log: Told, cases: readonly Case[]): readonly Fault[] {
  const documents = line.documentsOf(cases);
  return cases.flatMap((one) => {
    const what = `${one.voucher} of ${one.subject}`;
    const confirmed = about(log, one)
      .filter((message) => message.type === 'VoucherConfirmed')
      .filter(({ data }) => data.voucher === one.voucher);
    if (confirmed.length === 0) return [`I6: nothing on the log confirms the ${what}`];
    const id = documents.get(one)?.id ?? 'none';
    return confirmed
      .filter(({ data }) => !data.document.endsWith(`/${id}`))
      .map(({ data }) => `I6: ${data.document} was confirmed as ${what}, the book has ${id}`);
  });
}

/** I11, second half: whatever is parked says why, whose it is, and what to do. */
export function parkedSaysWhy({ byKey }: Told): readonly Fault[] {
  return [...byKey.values()]
    .flat()
    .filter((message) => message.type === 'MessageParked')
    .filter(({ data }) => [data.reason, data.code, data.owner, data.nextStep].some((text) => text.trim() === ''))
    .map(({ data }) => `I11: ${data.parkedId} is parked without a reason that a person can read`);
}

/** Ids of messages are hashes of the bytes that were signed. */
function asLatin1(payload: object): string {
  return Buffer.from(JSON.stringify(payload)).toString('latin1');
}
