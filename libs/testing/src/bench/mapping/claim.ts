import type { FormField } from '@voucherline/contracts';
import type { MappedApproval } from '@voucherline/mapping';

const LINES = 20;
const CATEGORIES = ['交通', '住宿', '餐饮', '办公'];

/** The n-th expense claim: each differs from the others, so that nothing kept of one helps with the next. */
export function claim(n: number): MappedApproval {
  return {
    connection: 'oa',
    kind: 'PROC-EXPENSE',
    businessId: `2026112000${n}`,
    title: '报销',
    originator: { userId: `u${n}`, departmentId: '2', departmentName: '研发' },
    approvedAt: '2026-11-20T02:00:00.000Z',
    form: fields({
      报销日期: '2026-11-20',
      报销事由: `出差 ${n}`,
      报销人: '张三',
      工号: `e${n}`,
      部门: n % 2 === 0 ? '研发' : '销售',
      公司: '001-上海',
      备注: n % 3 === 0 ? null : `备注 ${n}`,
      紧急: n % 5 === 0 ? '是' : '否',
      报销类型: '差旅',
      城市: '上海',
      费用明细: Array.from({ length: LINES }, (_, row) => line(n, row)),
    }),
  };
}

function line(n: number, row: number): readonly FormField[] {
  return fields({
    费用类型: CATEGORIES[(n + row) % CATEGORIES.length] ?? '',
    部门: row % 2 === 0 ? '研发' : '销售',
    发生日期: `2026-11-${String((row % 28) + 1).padStart(2, '0')}`,
    币种: row % 4 === 0 ? 'USD' : 'CNY',
    汇率: row % 4 === 0 ? '7.1234' : '1',
    金额: `${100 + row}.${10 + (n % 80)}`,
    税额: `${5 + (row % 3)}.25`,
    发票号码: ` fp${n}-${row} `,
    有发票: row % 3 === 0 ? '否' : '是',
    城市: row % 2 === 0 ? '北京市' : '广州市',
    天数: String(row % 5),
  });
}

function fields(
  values: Readonly<Record<string, string | null | readonly (readonly FormField[])[]>>,
): readonly FormField[] {
  return Object.entries(values).map(([name, value]) => {
    return Array.isArray(value)
      ? { id: name, name, type: 'TableField', value: null, rows: value as readonly (readonly FormField[])[] }
      : { id: name, name, type: 'TextField', value: value as string | null };
  });
}
