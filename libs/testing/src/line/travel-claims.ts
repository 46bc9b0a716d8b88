import { sum } from '@voucherline/contracts';
import type { Owed } from './oracle.js';

/** What a day in a smaller city is allowed (deploy/flows/tables/travel-allowances.csv). */
const ALLOWANCE = '100.00';

/** A travel claim over one day in Suzhou: the allowance and a hotel. @param paidOn `yyyy-MM-dd`, or nothing before it is paid */
export function travelForm(hotel: string, paidOn = '') {
  const trip = { 出发日期: '2026-11-10', 返回日期: '2026-11-10', 目的地: '苏州', 城市类别: '其他城市' };
  return {
    ...{ 出差事由: 'travel', 部门: '研发部', 借款金额: '', 付款日期: paidOn },
    行程明细: [{ ...trip, 交通费: '', 住宿费: hotel }],
  };
}

/** The vouchers of a travel claim: its accrual, and its settlement, which is owed once it is paid. */
export function travelVouchers(subject: string, hotel: string): readonly [Owed, Owed] {
  const owed = { subject, form: 'GL_VOUCHER', amount: sum([ALLOWANCE, hotel]), currency: 'CNY' } as const;
  return [
    { ...owed, voucher: 'travel-accrual' },
    { ...owed, voucher: 'travel-settlement' },
  ];
}
