import type { CallContext } from '../../../ports/connection.js';
import type { WriteOutcome } from '../../../ports/outcome.js';
import type { TargetCalls, TargetDocument, TargetOperation, VoucherIntent } from '../../../ports/target.js';
import type { TargetStage } from '../stage.js';

/** What an artificial target does or does not do. */
export interface Artificial {
  readonly refusesSecondKey?: boolean;
  /** Looks for the key when a create arrives, not when it is executed. */
  readonly checksOnArrival?: boolean;
  /** Its creates carry no key. */
  readonly keyless?: boolean;
  /** Its creates are final at once. */
  readonly postsAtOnce?: boolean;
  /** Until then look-ups do not show what was made, in ms. */
  readonly lagMs?: number;
  /** Only what was executed late is shown late. */
  readonly lagsAfterLate?: boolean;
}

const done: WriteOutcome = { kind: 'done' };
const refused: WriteOutcome = { kind: 'rejected', code: 'X', words: 'no', owner: 'finance', nextStep: 'look' };
const notPartOfThis = () => Promise.reject(new Error('levels do not hang on this'));

interface Kept {
  readonly document: TargetDocument;
  /** Of the intent it was made for. */
  readonly origin: string;
  readonly seenFrom: number;
}

/** A target in memory, to show which levels the suite tells apart. */
export function artificialStage(target: Artificial): TargetStage {
  const kept: Kept[] = [];
  let made = 0;
  let lateBy: number | undefined;

  const isSecond = ({ voucherKey }: VoucherIntent) =>
    target.refusesSecondKey === true && kept.some(({ origin }) => origin === voucherKey);
  const execute = (intent: VoucherIntent, late: boolean): WriteOutcome => {
    const { voucherKey, generation } = intent;
    if (isSecond(intent) && !(late && target.checksOnArrival)) return refused;
    made += 1;
    const document: TargetDocument = {
      ...{ id: String(made), document: `artificial/1/X/${made}`, number: '', status: '', contentSha256: '' },
      ...{ amount: intent.expectation.amount, date: intent.expectation.date, ours: true },
      stage: target.postsAtOnce ? 'posted' : 'draft',
      ...(!target.keyless && { voucherKey, generation }),
    };
    const lag = target.lagsAfterLate && !late ? 0 : (target.lagMs ?? 0);
    kept.push({ document, origin: voucherKey, seenFrom: Date.now() + lag });
    return done;
  };

  const operation: TargetOperation = {
    ...{ name: 'make', level: 'L0', createCarriesKey: !target.keyless, settleMs: 0, reversal: { kind: 'none' } },
    checkPayload: () => [],
    prerequisite: async () => ({ kind: 'read', value: { ready: true } }),
    lookup: async ({ voucherKey }) => ({
      kind: 'read',
      value: kept
        .filter(({ origin, seenFrom }) => origin === voucherKey && seenFrom <= Date.now())
        .map(({ document }) => document),
    }),
    create: async (intent) => {
      if (lateBy === undefined) return execute(intent, false);
      setTimeout(() => execute(intent, true), lateBy);
      lateBy = undefined;
      return { kind: 'inDoubt', reason: 'no answer' };
    },
    read: async (id) => {
      const found = kept.find(({ document }) => document.id === id);
      return found === undefined ? { kind: 'absent' } : { kind: 'read', value: found.document };
    },
    void: async (id) => {
      const at = kept.findIndex(({ document }) => document.id === id && document.stage === 'draft');
      if (at < 0) return refused;
      kept.splice(at, 1);
      return done;
    },
    mark: notPartOfThis,
    submit: notPartOfThis,
    post: notPartOfThis,
  };
  let intents = 0;
  return {
    calls: { shownLevels: {} } as TargetCalls,
    context: {} as CallContext,
    operation,
    vendorNames: { create: 'make', submit: '', post: '', void: '', query: '' },
    intent: async () => {
      intents += 1;
      const expectation = { amount: { amount: '1', currency: 'CNY' }, date: '2024-03-31' };
      return { voucherKey: `key-${intents}`, generation: 1, accountingDate: '2024-03-31', payload: {}, expectation };
    },
    trespassing: () => [],
    documents: () => kept.map(({ document, origin }) => ({ id: document.id, key: origin, bytes: '' })),
    fault: async ({ kind, delayMs }) => {
      if (kind === 'executeLate') lateBy = delayMs;
    },
    clearFaults: async () => {},
    counts: async () => ({}),
    stopVendor: async () => {},
    close: async () => {},
  };
}
