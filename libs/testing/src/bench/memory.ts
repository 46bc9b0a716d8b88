import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from '@voucherline/local';
import { type Line, type LineDescription, type Row, row } from './rows.js';

/** Documents that are on their way at a time, at both points: else the larger backlog would be measured and not the longer life. */
const AT_ONCE = 5_000;
/** Until what is garbage has been collected and idle pools have shrunk. */
const REST_MS = 10_000;

/** How much larger a process is after ten times as many documents. */
export async function measureMemory({ service, memory }: LineDescription, line: Line, say: Say): Promise<Row> {
  const [few, many] = memory;
  const atOnce = Math.min(AT_ONCE, few);
  let done = 0;
  const sizeAfter = async (documents: number) => {
    for (; done < documents; done += atOnce) await line.product(Math.min(atOnce, documents - done));
    done = documents;
    await pause(REST_MS);
    const size = residentMiB(line.pid);
    say(`  ${service} after ${documents} approvals: ${size.toFixed(0)} MiB`);
    return size;
  };
  const small = await sizeAfter(few);
  const large = await sizeAfter(many);
  return row(service, large, small, `MiB after ${many} and ${few} approvals`);
}

function residentMiB(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  const kib = Number(stdout.trim());
  if (!(kib > 0)) throw new Error(`ps says nothing about process ${pid}`);
  return kib / 1024;
}
