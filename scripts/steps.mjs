// How the scripts report: one line a step with its time, one line for what stops them. Node >= 18 built-ins only.

/** An error that is told by its message alone, without a stack: something the reader can mend. */
export function failure(message) {
  return Object.assign(new Error(message), { told: true });
}

/** Runs `work` and prints one line with its time; nothing when it returns `false` (there was nothing to do). */
export async function step(title, work) {
  const started = Date.now();
  const done = await work();
  if (done !== false) console.log(`voucherline: ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
