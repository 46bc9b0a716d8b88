import { type Checked, checkFlow, FlowCompiler, faultText, type PublishableFlow } from '@voucherline/mapping';

/** What is mapped: 20 fields of a voucher and 20 of each line, as a group's expense claim has them. */
const FLOW = `
name: bench-expense-claim
title: { en: Expense claim, zh: 费用报销 }
source: { connection: oa, kinds: [PROC-EXPENSE] }
voucher: { name: accounting-voucher, target: erp, operation: save, patience: 1h }
let:
  total: =sum([费用明细], round([金额] * [汇率], 2))
  tax: =sum([费用明细], round([税额] * [汇率], 2))
accountingDate: =date([报销日期])
amount: =total
currency: CNY
payload:
  accountBook: "001"
  voucherGroup: PRE001
  date: =accountingDate
  year: =year(accountingDate)
  period: =month(accountingDate)
  periodText: =formatDate(accountingDate, "yyyyMM")
  due: =text(addDays(accountingDate, 30))
  number: =approval.businessId
  explanation: ="报销 " & approval.businessId & " " & [报销事由]
  employee: =upper([工号])
  employeeName: =[报销人]
  department: =lookup("cost-centres", "code", "department", [部门])
  company: =left([公司], 3)
  remark: { $value: "=[备注]", $onMissing: omit }
  urgent: =if([紧急] = "是", "Y", "N")
  kind: =case([报销类型], "差旅", "T", "招待", "E", "O")
  attachments: =count([费用明细], [有发票] = "是")
  categories: =joinDistinct([费用明细], [费用类型], "、")
  tax: =money(tax)
  net: =money(total - tax)
  total: =money(total)
  entries:
    - $rows: =[费用明细]
      $let:
        amount: =round([金额] * [汇率], 2)
        taxed: =round([税额] * [汇率], 2)
      line: =row.number
      account: =lookup("expense-accounts", "account", "category", [费用类型])
      costCentre: =lookup("cost-centres", "code", "department", [部门])
      explanation: =form[报销事由] & "-" & [费用类型]
      date: =date([发生日期])
      month: =formatDate([发生日期], "yyyy-MM")
      currency: =[币种]
      rate: =number([汇率])
      original: =money([金额], [币种])
      debit: =money(amount)
      tax: =money(taxed)
      net: =money(amount - taxed)
      taxRate: =round([税额] / ([金额] - [税额]), 4)
      invoice: =upper(trim([发票号码]))
      hasInvoice: =if([有发票] = "是", "1", "0")
      city: =coalesce([城市], form[城市], "")
      city2: =left([城市], 2)
      days: =max(1, [天数])
      perDay: =money(round(amount / max(1, [天数]), 2))
      large: =if(amount >= 1000, "Y", "N")
`;

const TABLES = [
  {
    name: 'expense-accounts',
    rows: ['category,account', '交通,6602.01', '住宿,6602.02', '餐饮,6602.03', '办公,6602.04'],
  },
  {
    name: 'cost-centres',
    rows: ['department,code,valid_from,valid_to', '研发,BM01,,2025-12-31', '研发,BM02,2026-01-01,', '销售,BM03,,'],
  },
];

/** The flow, compiled as the planner compiles what was published. */
export function benchFlow() {
  const tables = TABLES.map(({ name, rows }) => ({ name, file: `${name}.csv`, text: rows.join('\n') }));
  const { hash, content } = published(checkFlow(FLOW, 'bench.yaml', tables));
  return new FlowCompiler().compile(hash, content);
}

function published(checked: Checked<PublishableFlow>): PublishableFlow {
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return checked.value;
}
