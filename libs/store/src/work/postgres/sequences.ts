import type { Topic } from '@voucherline/contracts';
import type { ClientBase } from 'pg';
import type { SequenceRun } from '../said.js';

const GIVE_NUMBERS = `
INSERT INTO sequences AS s (worker, source, topic, key, seq)
SELECT $1, v.* FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS v(source, topic, key, count)
ORDER BY v.source, v.topic, v.key
ON CONFLICT (worker, source, topic, key) DO UPDATE SET seq = s.seq + EXCLUDED.seq
RETURNING source, topic, key, seq`;

/** Takes the numbers of each run; gives the last one of each. */
export async function giveNumbers(
  client: ClientBase,
  worker: string,
  runs: readonly SequenceRun[],
): Promise<readonly { source: string; topic: Topic; key: string; seq: number }[]> {
  if (runs.length === 0) return [];
  const { rows } = await client.query<{ source: string; topic: Topic; key: string; seq: string }>({
    name: 'work-give-numbers',
    text: GIVE_NUMBERS,
    values: [
      worker,
      runs.map((run) => run.source),
      runs.map((run) => run.topic),
      runs.map((run) => run.key),
      runs.map((run) => run.count),
    ],
  });
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}
