import { inBoth, type Owner } from '@voucherline/contracts';
import { type Path, pathText } from '../file/fault.js';

/** Why an approval can't be mapped. Goes to `operations.events`, so no text of a form stands in it as a whole (`found`). */
export interface MappingFault {
  /** `mapping.<what>`: what one mend releases. */
  readonly code: string;
  /** Where in the flow, e.g. `payload.lines[1].debit`. */
  readonly path: string;
  readonly reason: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

/** Where it stops is said by the evaluation; the rest by who finds it. */
export interface ProblemDetail {
  /** After the code and a colon: one cause that one mend releases. Never a value of the form, unless it is a code that was looked for. */
  readonly cause?: string;
  readonly owner?: Owner;
  /** After the subject, in place of the usual ones. */
  readonly words?: string;
  /** In place of the usual one. */
  readonly nextStep?: string;
  /** The value at fault: told short, and without what may be an account, a telephone or an identity card. */
  readonly found?: string;
}

const LONGEST_FOUND = 30;

function toldOf(found: string): string {
  const masked = found.replaceAll(/\d(?:[ -]?\d){10,}/g, (digits) => `…${digits.replaceAll(/\D/g, '').slice(-4)}`);
  return `: "${masked.length > LONGEST_FOUND ? `${masked.slice(0, LONGEST_FOUND)}…` : masked}"`;
}

/** Thrown inside an evaluation and caught at its edge. */
export class MappingProblem extends Error {
  override readonly name = 'MappingProblem';
  readonly what: ProblemKind;
  readonly fault: MappingFault;

  /** @param subject what is at fault, e.g. a field's name in quotes; the words of the problem follow it */
  constructor(what: ProblemKind, path: Path, subject: string, detail: ProblemDetail = {}) {
    const { owner, nextStep } = PROBLEMS[what];
    const words = detail.words ?? PROBLEMS[what].words;
    const where = pathText(path);
    const told = detail.found === undefined ? '' : toldOf(detail.found);
    const reason = `${where}: ${subject}${words && ` ${words}`}${told}`;
    super(reason);
    this.what = what;
    const code = detail.cause === undefined ? `mapping.${what}` : `mapping.${what}:${detail.cause}`;
    this.fault = { code, path: where, reason, owner: detail.owner ?? owner, nextStep: detail.nextStep ?? nextStep };
  }

  /** Whether a value could not be had: what `$onMissing` is about. */
  get isMissing(): boolean {
    return MISSING_VALUES.includes(this.what);
  }
}

/** Codes of what waits for a table of master data begin so, and end with its name. */
export const TABLE_PENDING = 'mapping.table-pending:';

export type ProblemKind = keyof typeof PROBLEMS;

const FORM = inBoth(
  'Mend the form field in the source system if it can be changed there, or publish a mended flow with `from` not after the approval; then release.',
  '若源系统中仍可修改，请补正该表单字段；否则请发布修正后的流程（`from` 不晚于审批结束日）；然后放行。',
);
const FLOW = inBoth(
  'Publish a flow that names a field of this form, with `from` not after the approval; then release.',
  '请发布引用本表单字段的流程（`from` 不晚于审批结束日），然后放行。',
);
const FORMULA = inBoth(
  'Publish a flow with a mended formula, with `from` not after the approval; then release.',
  '请发布修正公式后的流程（`from` 不晚于审批结束日），然后放行。',
);
const REFERENCES = inBoth(
  'Mend the master data in the target and release once it was pulled; or publish a mended flow or table with `from` not after the approval and release.',
  '请在目标系统中修正主数据，待重新读取后放行；或发布修正后的流程或编码表（`from` 不晚于审批结束日），然后放行。',
);
const TABLE = inBoth(
  'Mend the table and publish, with `from` not after the approval; then release.',
  '请修正编码表并发布（`from` 不晚于审批结束日），然后放行。',
);

/**
 * `words` follow the subject. Behind the English stands the Chinese, since finance reads what is parked for it. Codes with a
 * cause of their own: no-code, ambiguous-code, table-pending, period-closed, period-ask.
 */
const PROBLEMS = {
  'unknown-field': {
    words: inBoth('is no field of this form', '表单中没有此字段'),
    owner: 'administrator',
    nextStep: FLOW,
  },
  'ambiguous-field': {
    words: inBoth('is the name of several fields', '有多个字段同名'),
    owner: 'administrator',
    nextStep: FLOW,
  },
  'empty-field': { words: inBoth('is empty', '为空'), owner: 'finance', nextStep: FORM },
  'missing-fact': {
    words: inBoth('is not known of this approval', '该审批没有此项信息'),
    owner: 'administrator',
    nextStep: FLOW,
  },
  'not-a-table': { words: inBoth('is no table', '不是明细表'), owner: 'administrator', nextStep: FLOW },
  'not-an-amount': {
    words: inBoth('holds no decimal number such as 1280.50', '不是数值（如 1280.50）'),
    owner: 'finance',
    nextStep: FORM,
  },
  'too-precise': {
    words: inBoth('has more decimal places than its currency', '小数位数超过币种规定'),
    owner: 'finance',
    nextStep: FORM,
  },
  'not-positive': { words: inBoth('is not above zero', '不大于零'), owner: 'finance', nextStep: FORM },
  'not-a-date': {
    words: inBoth('holds no date such as 2026-01-31', '不是日期（如 2026-01-31）'),
    owner: 'finance',
    nextStep: FORM,
  },
  'not-a-currency': {
    words: inBoth('holds no currency of three capitals such as CNY', '不是三位大写币种代码（如 CNY）'),
    owner: 'finance',
    nextStep: FORM,
  },
  'empty-claim': { words: inBoth('is empty', '为空'), owner: 'finance', nextStep: FORM },
  'no-code': { words: '', owner: 'finance', nextStep: TABLE },
  'ambiguous-code': { words: '', owner: 'finance', nextStep: TABLE },
  'table-pending': {
    words: inBoth('is not read to its end yet', '主数据尚未读取完毕'),
    owner: 'operations',
    nextStep: inBoth('None: it goes on by itself.', '无需处理：读取完毕后自动继续。'),
  },
  'unknown-table': {
    words: inBoth('is not read by any connection', '没有连接读取此主数据'),
    owner: 'administrator',
    nextStep: FORMULA,
  },
  'period-closed': { words: '', owner: 'finance', nextStep: TABLE },
  'period-ask': { words: '', owner: 'finance', nextStep: TABLE },
  check: { words: '', owner: 'finance', nextStep: FORM },
  // What the target says before anything is sent.
  payload: { words: '', owner: 'administrator', nextStep: FORM },
  references: { words: '', owner: 'administrator', nextStep: REFERENCES },
  // Data for which a formula has no value: a division by zero, a pattern that is not found, a list without such a part.
  'no-value': { words: '', owner: 'finance', nextStep: FORM },
  // A function was called with what it can't take: the formula is wrong, not the form.
  'bad-argument': { words: '', owner: 'administrator', nextStep: FORMULA },
  limit: { words: '', owner: 'administrator', nextStep: FORMULA },
} as const satisfies Record<string, { words: string; owner: Owner; nextStep: string }>;

const MISSING_VALUES: readonly ProblemKind[] = ['unknown-field', 'empty-field', 'missing-fact', 'no-code'];
