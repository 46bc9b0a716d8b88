import type { CallContext, ReadOutcome } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { refusal } from '../pure/error-table.js';
import { asList, asText, type Json } from '../pure/lossless-json.js';
import { queryRefusal } from '../pure/reply.js';
import { readBy, refusedRead } from './read.js';

/** A row of a query: text by field, empty where Kingdee shows none. */
export type QueryRow<F extends string> = Readonly<Record<F, string>>;

export interface Query<F extends string> {
  readonly form: string;
  readonly fields: readonly F[];
  readonly filter: string;
  readonly order: string;
}

/** Most rows of one answer that every version gives (kingdee.md §5.1). */
const MOST_ROWS = 2000;

/** Quotes text for a FilterString: quotes inside are doubled. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Runs an ExecuteBillQuery that is expected to find few rows. */
export async function query<F extends string>(
  context: CallContext,
  asked: Query<F>,
): Promise<ReadOutcome<readonly QueryRow<F>[]>> {
  const found = await queryPage(context, asked, { startRow: 0, limit: MOST_ROWS });
  if (found.kind !== 'read' || found.value.length < MOST_ROWS) return found;
  const nextStep = inBoth(
    'Look in Kingdee why so many documents stand for one voucher; report it.',
    '请在金蝶中查明一张凭证为何对应这么多单据，并报告。',
  );
  return refusal('LOOKUP', inBoth(`${MOST_ROWS} rows or more were found`, '查到的行数过多'), {
    owner: 'finance',
    nextStep,
  });
}

/** Which rows of what is found, in its order. */
export interface Window {
  readonly startRow: number;
  readonly limit: number;
}

/** Runs an ExecuteBillQuery for some of what it finds. */
export function queryPage<F extends string>(
  context: CallContext,
  asked: Query<F>,
  window: Window,
): Promise<ReadOutcome<readonly QueryRow<F>[]>> {
  const call = { operation: 'ExecuteBillQuery', body: bodyOf(asked, window) };
  return readBy<readonly QueryRow<F>[]>(context, call, (json) => rowsOf(json, asked.fields));
}

function bodyOf({ form, fields, filter, order }: Query<string>, { startRow, limit }: Window): object {
  return {
    data: {
      FormId: form,
      FieldKeys: fields.join(','),
      FilterString: filter,
      OrderString: order,
      TopRowCount: 0,
      StartRow: startRow,
      Limit: limit,
    },
  };
}

function rowsOf<F extends string>(json: Json, fields: readonly F[]): ReadOutcome<readonly QueryRow<F>[]> {
  const status = queryRefusal(json);
  if (status !== undefined) return refusedRead(status);
  const lists = asList(json)?.map(asList);
  const rows = lists?.map((list) => (list?.length === fields.length ? rowOf(list, fields) : undefined));
  if (rows === undefined || rows.includes(undefined))
    return { kind: 'unavailable', detail: 'the answer is no list of rows' };
  return { kind: 'read', value: rows as QueryRow<F>[] };
}

function rowOf<F extends string>(list: readonly Json[], fields: readonly F[]): QueryRow<F> {
  return Object.fromEntries(fields.map((field, at) => [field, asText(list[at]) ?? ''])) as QueryRow<F>;
}
