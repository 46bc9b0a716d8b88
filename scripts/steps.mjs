// How the scripts report: one line a step with its time, one line for what stops them. Node >= 18 built-ins only.

/** An error that is told by its message alone, without a stack: something the reader can mend. */
export function failure(message) {
  return Object.assign(new Error(message), { told: true });
}

/** Runs `work` and says so: before, because it may take a while, and after, with the seconds it took. */
export async function step(title, work) {
  const started = Date.now();
  say(`${title} …`);
  const result = await work();
  say(`${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** A line about what the scripts do, told apart from what the tools say. */
export function say(line) {
  console.log(`voucherline: ${line}`);
}
