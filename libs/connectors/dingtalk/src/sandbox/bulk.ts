import { ControlRefusal } from '@voucherline/connector-kit/sandbox';
import type { Dingtalk } from './dingtalk.js';
import { readShape, type WrittenValue } from './instances/form-values.js';

/** The form of a payment request, as the samples use it. */
const PAYMENT_FORM: readonly WrittenValue[] = [
  { id: 'TextField_APPLY', name: '申请单号', componentType: 'TextField', value: 'FKSQ{n:6}' },
  { id: 'MoneyField_AMOUNT', name: '付款金额', componentType: 'MoneyField', value: '{n%9000+1000}.{n%100:2}' },
];

const MOST = 100_000;

/**
 * `{n, processCode, form?, from = 1, callbacks = "finish"}`: n approved instances. In texts of the form (and in `originatorUserId`) `{n}` is the number of
 * the instance, `{n:6}` the same with zeros in front, `{n%90}` and `{n%90+10}` numbers that come again. `callbacks` is `none`,
 * `finish` (the event of the approval only) or `all`.
 */
export async function bulk(dingtalk: Dingtalk, body: Readonly<Record<string, unknown>>): Promise<object> {
  const {
    n,
    from = 1,
    processCode,
    form = PAYMENT_FORM,
    callbacks = 'finish',
    originatorUserId = 'user{n%500}',
  } = body;
  if (!isWhole(n) || n < 1 || n > MOST) throw new ControlRefusal(400, `n: must be a number from 1 to ${MOST}`);
  if (!isWhole(from)) throw new ControlRefusal(400, 'from: must be a number');
  if (typeof processCode !== 'string' || !processCode.startsWith('PROC-')) {
    throw new ControlRefusal(400, 'processCode: must begin with PROC-');
  }
  if (!Array.isArray(form)) throw new ControlRefusal(400, 'form: must be a list of {name, value, componentType?, id?}');
  if (callbacks !== 'none' && callbacks !== 'finish' && callbacks !== 'all') {
    throw new ControlRefusal(400, 'callbacks: must be none, finish or all');
  }
  const made = Array.from({ length: n }, (_, index) => {
    const fields = readShape(
      (form as WrittenValue[]).map((field) => ({ ...field, value: filled(field.value, from + index) })),
    );
    const common = {
      processCode,
      originatorUserId: String(filled(originatorUserId, from + index)),
      originatorDeptId: '-1',
      approvers: ['manager01'],
    };
    return dingtalk.approvedAtOnce({ ...common, title: `付款申请 ${from + index}`, fields }, callbacks);
  });
  return { ids: await Promise.all(made) };
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function filled(value: unknown, n: number): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(/\{n(?:%(\d+))?(?:\+(\d+))?(?::(\d+))?\}/g, (_match, modulo, plus, width) => {
    const number = (modulo === undefined ? n : n % Number(modulo)) + Number(plus ?? 0);
    return String(number).padStart(Number(width ?? 0), '0');
  });
}
