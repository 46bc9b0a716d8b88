import { canonicalJson } from '@voucherline/contracts';
import { evaluateFlow, noMasterData } from '@voucherline/mapping';
import type { Pair, PairDescription } from '../rows.js';
import { mapByHand } from './by-hand.js';
import { claim } from './claim.js';
import { benchFlow } from './flow.js';

const OPTIONS = { timeZone: 'Asia/Shanghai', masterData: noMasterData };
/** As many forms as a batch of documents has; the same ones again and again would flatter caches. */
const CLAIMS = 500;

/** Evaluations of a 40-field flow over 20 rows, beside a function written by hand that gives the same bytes. In this process. */
export const mapping: PairDescription & { open(): Pair } = {
  name: 'mapping',
  unit: 'evaluations/s',
  aim: 0.15,
  round: 20_000,
  warmUp: 2_000,
  open: openMapping,
};

function openMapping(): Pair {
  const flow = benchFlow();
  const claims = Array.from({ length: CLAIMS }, (_, n) => claim(n));
  const byFlow = (n: number): string => {
    const evaluated = evaluateFlow(flow, claims[n % CLAIMS] as (typeof claims)[0], OPTIONS);
    if (evaluated.kind !== 'rendered') throw new Error(JSON.stringify(evaluated));
    const { payload, accountingDate, amount } = evaluated.rendering;
    return canonicalJson({ payload, accountingDate, amount });
  };
  const byHand = (n: number): string => canonicalJson(mapByHand(claims[n % CLAIMS] as (typeof claims)[0]));
  claims.forEach((_, n) => {
    if (byFlow(n) !== byHand(n)) throw new Error(`claim ${n} is mapped differently:\n${byFlow(n)}\n${byHand(n)}`);
  });
  return { product: (evaluations: number) => paceOf(byFlow, evaluations), floor: (n: number) => paceOf(byHand, n) };
}

/** Evaluations a second. */
async function paceOf(evaluate: (n: number) => string, evaluations: number): Promise<number> {
  let bytes = 0;
  const startedAt = performance.now();
  for (let n = 0; n < evaluations; n++) bytes += evaluate(n).length;
  const seconds = (performance.now() - startedAt) / 1_000;
  if (bytes === 0) throw new Error('nothing was mapped');
  return evaluations / seconds;
}
