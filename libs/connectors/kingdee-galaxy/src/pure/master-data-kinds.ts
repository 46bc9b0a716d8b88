import type { MasterDataKind } from '@voucherline/connector-kit';

const CODE_AND_NAME = ['code', 'name'] as const;

/** Base data that can be pulled. All of it is audited and not forbidden: nothing else can be referenced (kingdee.md §6.6). */
export const MASTER_DATA_KINDS = {
  /** `requiredDimensions`: those that an entry of the account must give, as `FFLEX5,FFLEX9`. */
  accounts: { title: { en: 'Accounts', zh: '科目' }, columns: [...CODE_AND_NAME, 'requiredDimensions'] },
  departments: { title: { en: 'Departments', zh: '部门' }, columns: CODE_AND_NAME },
  'expense-items': { title: { en: 'Expense items', zh: '费用项目' }, columns: CODE_AND_NAME },
  suppliers: { title: { en: 'Suppliers', zh: '供应商' }, columns: CODE_AND_NAME },
  employees: { title: { en: 'Employees', zh: '员工' }, columns: CODE_AND_NAME },
} as const satisfies Readonly<Record<string, MasterDataKind>>;

export type KingdeeKind = keyof typeof MASTER_DATA_KINDS;
