import { type FormField, inMinorUnits } from '@voucherline/contracts';
import type { MappedApproval, Rendering } from '@voucherline/mapping';
import { Decimal } from 'decimal.js';

/**
 * The floor: what a good programmer would write for this one form, with the same decimal library and the same output. It
 * checks nothing that the form does not need and records no rows.
 */
export function mapByHand({
  form,
  businessId,
}: MappedApproval): Pick<Rendering, 'payload' | 'accountingDate' | 'amount'> {
  const head = textsOf(form);
  const lines = (form.find(({ rows }) => rows !== undefined)?.rows ?? []).map(textsOf);
  const date = head.报销日期 ?? '';
  let total = new Decimal(0);
  let tax = new Decimal(0);
  const entries = lines.map((line, index) => {
    const entry = entryOf(line, index, head, date);
    total = total.plus(entry.debit);
    tax = tax.plus(entry.tax);
    return entry;
  });
  const [year = '', month = ''] = date.split('-');
  const payload = {
    accountBook: '001',
    voucherGroup: 'PRE001',
    date,
    year: String(Number(year)),
    period: String(Number(month)),
    periodText: year + month,
    due: new Date(Date.parse(`${date}T00:00:00Z`) + 30 * 86_400_000).toISOString().slice(0, 10),
    number: businessId,
    explanation: `报销 ${businessId} ${head.报销事由}`,
    employee: head.工号?.toUpperCase(),
    employeeName: head.报销人,
    department: centreOf(head.部门, date),
    company: head.公司?.slice(0, 3),
    ...(head.备注 && { remark: head.备注 }),
    urgent: head.紧急 === '是' ? 'Y' : 'N',
    kind: KINDS[head.报销类型 ?? ''] ?? 'O',
    attachments: String(lines.filter((line) => line.有发票 === '是').length),
    categories: [...new Set(lines.map((line) => line.费用类型))].join('、'),
    tax: moneyText(tax, 'CNY'),
    net: moneyText(total.minus(tax), 'CNY'),
    total: moneyText(total, 'CNY'),
    entries,
  };
  return { payload, accountingDate: date, amount: { amount: moneyText(total, 'CNY'), currency: 'CNY' } };
}

type Texts = Readonly<Record<string, string | undefined>>;

function entryOf(line: Texts, index: number, head: Texts, date: string) {
  const [gross, taxed, rate] = [line.金额 ?? '', line.税额 ?? '', line.汇率 ?? ''].map((text) => new Decimal(text)) as [
    Decimal,
    Decimal,
    Decimal,
  ];
  const amount = gross.times(rate).toDecimalPlaces(2);
  const tax = taxed.times(rate).toDecimalPlaces(2);
  const days = Decimal.max(1, line.天数 ?? '0');
  return {
    line: String(index + 1),
    account: ACCOUNTS[line.费用类型 ?? ''],
    costCentre: centreOf(line.部门, date),
    explanation: `${head.报销事由}-${line.费用类型}`,
    date: line.发生日期,
    month: line.发生日期?.slice(0, 7),
    currency: line.币种,
    rate: rate.toFixed(),
    original: moneyText(gross, line.币种 ?? ''),
    debit: moneyText(amount, 'CNY'),
    tax: moneyText(tax, 'CNY'),
    net: moneyText(amount.minus(tax), 'CNY'),
    taxRate: taxed.dividedBy(gross.minus(taxed)).toDecimalPlaces(4).toFixed(),
    invoice: line.发票号码?.trim().toUpperCase(),
    hasInvoice: line.有发票 === '是' ? '1' : '0',
    city: line.城市 || head.城市 || '',
    city2: line.城市?.slice(0, 2),
    days: days.toFixed(),
    perDay: moneyText(amount.dividedBy(days).toDecimalPlaces(2), 'CNY'),
    large: amount.gte(1000) ? 'Y' : 'N',
  };
}

const KINDS: Texts = { 差旅: 'T', 招待: 'E' };
const ACCOUNTS: Texts = { 交通: '6602.01', 住宿: '6602.02', 餐饮: '6602.03', 办公: '6602.04' };

function centreOf(department: string | undefined, date: string): string {
  if (department === '销售') return 'BM03';
  return date <= '2025-12-31' ? 'BM01' : 'BM02';
}

function moneyText(amount: Decimal, currency: string): string {
  return inMinorUnits({ amount: amount.toFixed(), currency }).amount;
}

function textsOf(fields: readonly FormField[]): Texts {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value ?? undefined]));
}
