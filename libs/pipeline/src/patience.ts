import type { Timers } from '@voucherline/platform';

/**
 * Waits until the work has settled, but no longer than this. For the ends of things: while the log is away kafkajs takes
 * more than a minute to say goodbye, and a process has 20 s to stop.
 */
export async function atMost(timers: Timers, ms: number, work: Promise<unknown> | undefined): Promise<void> {
  const settled = new AbortController();
  const done = Promise.resolve(work)
    .catch(() => {})
    .finally(() => settled.abort(new Error('settled')));
  await Promise.race([done, timers.sleep(ms, settled.signal).catch(() => {})]);
}
