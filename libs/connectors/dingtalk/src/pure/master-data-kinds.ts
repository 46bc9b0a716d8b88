import type { MasterDataKind } from '@voucherline/connector-kit';

/** What the contacts (通讯录) show. Mobile numbers and mail addresses are not taken: no voucher needs them. */
export const MASTER_DATA_KINDS = {
  departments: { title: { en: 'Departments', zh: '部门' }, columns: ['code', 'name', 'parent'] },
  users: { title: { en: 'Users', zh: '员工' }, columns: ['code', 'name', 'department', 'title', 'jobNumber'] },
} as const satisfies Readonly<Record<string, MasterDataKind>>;

export type DingtalkKind = keyof typeof MASTER_DATA_KINDS;
