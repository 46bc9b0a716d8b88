import { factId } from '@voucherline/contracts';
import type { OutgoingRecord } from '../broker.js';
import { masterDataMessages } from '../master-data/master-data-of.js';
import type { Stage } from '../stage.js';
import { documentRecord, dueOf, outgoing, type SampleState, sampleStage } from './sample-stage.js';

const PENDING = 'sample.pending:';

/** The sample stage, where the step of a document called `<connection>/<kind>@…` waits for that table. */
export function waitingStage(): Stage<SampleState> {
  return {
    ...sampleStage(),
    waitsForTable: PENDING,
    decide: (key, state, { masterData }) => {
      const waiting = state.documents.filter((name) => {
        const table = tableOf(name);
        return table !== undefined && masterData.completion(table) === undefined;
      });
      const messages = dueOf(key, state).filter(
        ({ id }) => !state.said.includes(id) && !waiting.some((name) => id === factId(key, 'step', name)),
      );
      const [first] = waiting;
      if (first === undefined) return { messages };
      const code = `${PENDING}${tableOf(first)}`;
      return {
        messages,
        blocked: { code, reason: first, owner: 'operations', nextStep: 'none: it goes on by itself' },
      };
    },
  };
}

function tableOf(name: string): string | undefined {
  return name.includes('/') ? name.split('@')[0] : undefined;
}

/** The n-th document of a key, which says when it came. */
export function timedDocument(key: string, n: number, name: string, minute = n): OutgoingRecord {
  const { record, ...place } = documentRecord(key, n, name);
  const ce_time = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return { ...place, record: { ...record, headers: { ...record.headers, ce_time } } };
}

/** What is said when a table is pulled for the first time. */
export function pulledTable(table: string): readonly OutgoingRecord[] {
  return masterDataMessages(table, [{ code: 'a' }]).map((message) => outgoing(message));
}
