import type { Gauge, Metrics, Runner, Timers } from '@voucherline/platform';
import {
  type ApplyEffects,
  applyLedgerEffects,
  countStopped,
  type LedgerEffect,
  type LedgerStage,
  type openPool,
} from '@voucherline/store';

type OutcomeOf = Exclude<LedgerStage, 'working'>;

/** Ledger effects that are counted on their way. A commit that fails after them counts once too often, which no alarm hangs on. */
export function countedLedger(metrics: Metrics): ApplyEffects<LedgerEffect> {
  const outcomes = metrics.counter({
    name: 'posting_outcomes_total',
    help: 'What became of vouchers; one that is in doubt first and confirmed then counts as both',
    labels: ['outcome'],
  });
  const seconds = metrics.histogram({
    name: 'voucher_confirm_seconds',
    help: 'From the arrival of a command to the read-back that confirmed it',
    buckets: [1, 3, 10, 30, 60, 300, 1800, 7200, 86_400],
  });
  return async (client, changes) => {
    await applyLedgerEffects(client, changes);
    for (const effect of changes.flatMap(({ effects }) => effects)) {
      const outcome = outcomeOf(effect);
      if (outcome !== undefined) outcomes.inc({ outcome });
      if (effect.kind === 'confirmed') seconds.observe((effect.at - effect.intendedAt) / 1000);
    }
  };
}

function outcomeOf(effect: LedgerEffect): OutcomeOf | undefined {
  if (effect.kind === 'confirmed') return 'confirmed';
  if (effect.kind !== 'stage' || effect.stage === 'working' || effect.stage === 'confirmed') return undefined;
  return effect.stage;
}

const STAGES = ['inDoubt', 'held', 'rejected'] as const;
const EVERY_MS = 15_000;

/** Shows how many vouchers are in doubt, held and rejected now: a number of the ledger, so it survives restarts. */
export class StoppedVouchers implements Runner {
  readonly name = 'erp-writer/stopped-vouchers';
  readonly #gauge: Gauge<'stage'>;
  #stops: (() => unknown)[] = [];

  /** @param openLedger opens connections to the schema that holds the ledger */
  constructor(
    private readonly openLedger: () => ReturnType<typeof openPool>,
    private readonly timers: Timers,
    metrics: Metrics,
  ) {
    this.#gauge = metrics.gauge({
      name: 'vouchers_stopped',
      help: 'Vouchers that do not go on by themselves',
      labels: ['stage'],
    });
  }

  async start(): Promise<void> {
    const pool = this.openLedger();
    const count = async () => {
      // A database that does not answer is told of by everything else; the last number stays.
      const counts = await countStopped(pool).catch(() => undefined);
      for (const stage of STAGES) if (counts !== undefined) this.#gauge.set({ stage }, counts.get(stage) ?? 0);
    };
    this.#stops = [this.timers.every(EVERY_MS, () => void count()), () => pool.end()];
    await count();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}
