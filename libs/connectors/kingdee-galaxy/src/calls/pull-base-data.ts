import {
  type MasterDataCalls,
  type MasterDataPage,
  type MasterDataRow,
  masterDataRow,
  type ReadOutcome,
} from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { DIMENSION_FIELD, FORM_OF, OBLIGATION_FIELD, OBLIGATORY, USABLE } from '../pure/base-data.js';
import { refusal } from '../pure/error-table.js';
import { type KingdeeKind, MASTER_DATA_KINDS } from '../pure/master-data-kinds.js';
import { type QueryRow, queryPage } from './query.js';

const FIELDS = ['FNumber', 'FName'] as const;
const ACCOUNT_FIELDS = [...FIELDS, DIMENSION_FIELD, OBLIGATION_FIELD] as const;
type Line = QueryRow<(typeof FIELDS)[number]> & Partial<QueryRow<(typeof ACCOUNT_FIELDS)[number]>>;

/** Lines of one page; every version gives four times as many (kingdee.md §5.1), but each page is one commit of ours. */
const PAGE_LINES = 500;

/**
 * One page of a form's base data by number. An account has a line for each of its dimensions, so the last number of a page that
 * is full may go on: the next page begins with it. The cursor is that line.
 */
export const pullBaseData: MasterDataCalls['pullPage'] = async (kind, cursor, context) => {
  if (!isKind(kind)) throw new RangeError(`Kingdee shows no "${kind}"`);
  const from = Number(cursor ?? 0);
  const asked = { form: FORM_OF[kind], filter: USABLE, order: 'FNumber ASC' };
  const page = await queryPage<keyof Line>(
    context,
    { ...asked, fields: kind === 'accounts' ? ACCOUNT_FIELDS : FIELDS },
    { startRow: from, limit: PAGE_LINES },
  );
  return page.kind === 'read' ? pageOf(kind, page.value, from) : page;
};

const isKind = (kind: string): kind is KingdeeKind => Object.hasOwn(MASTER_DATA_KINDS, kind);

function pageOf(kind: KingdeeKind, lines: readonly Line[], from: number): ReadOutcome<MasterDataPage> {
  const numbers = runsOf(lines);
  const isFull = lines.length >= PAGE_LINES;
  const open = isFull ? numbers.pop() : undefined;
  if (isFull && numbers.length === 0) return ambiguous(kind, open?.[0]?.FNumber ?? '');
  const rows: MasterDataRow[] = [];
  for (const run of numbers) {
    const row = rowOf(kind, run);
    if (row === undefined) return ambiguous(kind, run[0]?.FNumber ?? '');
    rows.push(row);
  }
  const next = from + lines.length - (open?.length ?? 0);
  return { kind: 'read', value: { rows, ...(open !== undefined && { next: String(next) }) } };
}

/** Lines one after the other that have one number. */
function runsOf(lines: readonly Line[]): Line[][] {
  const runs: Line[][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.[0]?.FNumber === line.FNumber) last.push(line);
    else runs.push([line]);
  }
  return runs;
}

/** Undefined where one number has two names: shared data shows a line for each organisation, but all say the same. */
function rowOf(kind: KingdeeKind, lines: readonly Line[]): MasterDataRow | undefined {
  const [{ FNumber: code, FName: name } = { FNumber: '', FName: '' }] = lines;
  if (code === '' || lines.some((line) => line.FName !== name)) return undefined;
  const required = lines
    .filter((line) => line[OBLIGATION_FIELD] === OBLIGATORY)
    .map((line) => line[DIMENSION_FIELD] ?? '');
  const requiredDimensions = [...new Set(required)].sort(byNumber).join(',');
  return masterDataRow(MASTER_DATA_KINDS[kind], { code, name, requiredDimensions });
}

const byNumber = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1);

function ambiguous(kind: KingdeeKind, number: string): ReadOutcome<never> {
  return refusal(
    'ambiguous-number',
    inBoth(`${FORM_OF[kind]} ${number} stands for several`, '同一编码对应多条基础资料'),
    {
      owner: 'administrator',
      nextStep: inBoth(
        'Limit the data rights of the integration user in Kingdee to one organisation (accounts: one chart of accounts), or give each its own number; then release.',
        '请在金蝶中将集成用户的数据权限限定为一个组织（科目：一个科目表），或使编码各不相同；然后放行。',
      ),
    },
  );
}
