/**
 * Does something while a process is stopped: what is put into the log meanwhile is there when the clock starts, as the floor's
 * requests are, and who puts it there takes nothing from what is measured. Some seconds at most, or leases run out.
 */
export async function whileStopped<T>(pid: number, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
