import { Decimal } from 'decimal.js';
import type { BaseDataStore } from '../base-data.js';
import { rowsOf, type StoredDocument } from '../documents/index.js';
import type { FormSpec } from '../forms.js';
import { GalaxyRefusal } from '../reply.js';
import type { Workplace } from './operation.js';

/** Checks of a save (not of a draft). @throws {GalaxyRefusal} with one error a fault */
export function validate(document: StoredDocument, form: FormSpec, workplace: Workplace): void {
  const faults = Object.entries(form.required)
    .filter(([field]) => (document.fields[field] ?? '') === '')
    .map(([field, label]) => fault(`字段“${label}”是必填项`, field));
  if (form.id === 'AP_PAYBILL') faults.push(...payBillFaults(document));
  if (form.id === 'GL_VOUCHER') faults.push(...voucherFaults(document, workplace.baseData));
  refuse(faults);
  checkPeriod(document, workplace);
}

/** Checks of a submission: a voucher may have been saved unchecked, or base data changed since. @throws {GalaxyRefusal} */
export function checkSubmission(document: StoredDocument, { baseData }: Workplace): void {
  if (document.form === 'GL_VOUCHER') refuse(voucherFaults(document, baseData));
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  throw new GalaxyRefusal(
    11,
    faults.map((row) => ({ ...row, DIndex: 0 })),
  );
}

/** @throws {GalaxyRefusal} when the voucher's period is closed. The text is our own: none is known (kingdee.md §3). */
export function checkPeriod({ form, fields }: StoredDocument, { closedPeriods }: Workplace): void {
  if (form !== 'GL_VOUCHER') return;
  const period = `${fields.FYEAR}-${(fields.FPERIOD ?? '').padStart(2, '0')}`;
  if (closedPeriods.has(period)) throw new GalaxyRefusal(11, `凭证日期所在期间${period}已结账`, 'FDate');
}

const DIMENSION_TITLES: Readonly<Record<string, string>> = {
  FFLEX4: '供应商',
  FFLEX5: '部门',
  FFLEX6: '客户',
  FFLEX7: '员工',
  FFLEX9: '费用项目',
};

interface Fault {
  readonly FieldName: string | null;
  readonly Message: string;
}

const fault = (Message: string, FieldName: string | null = null): Fault => ({ FieldName, Message });

function payBillFaults(document: StoredDocument): Fault[] {
  return rowsOf(document, 'FPAYBILLENTRY').flatMap(({ fields }, at) => {
    const faults: Fault[] = [];
    if (fields.FSETTLETYPEID === 'JSFS04_SYS' && !fields.FACCOUNTID) {
      faults.push(fault(`第${at + 1}行分录，银行业务的结算方式，我方银行相关信息必录！`));
    }
    if (!new Decimal(fields.FPAYTOTALAMOUNTFOR || 0).isPositive())
      faults.push(fault(`第${at + 1}行分录，应付金额必须大于零`));
    return faults;
  });
}

function voucherFaults(document: StoredDocument, baseData: BaseDataStore): Fault[] {
  const rows = rowsOf(document, 'FEntity');
  const faults: Fault[] = [];
  if (rows.length === 0) faults.push(fault('凭证分录不能为空'));
  for (const [at, { fields }] of rows.entries()) {
    const row = `第${at + 1}行分录`;
    if (!fields.FEXPLANATION) faults.push(fault(`${row}，字段“摘要”是必填项`, 'FEXPLANATION'));
    const account = baseData.usable('BD_Account', fields.FACCOUNTID ?? '');
    if (account === undefined) faults.push(fault(`${row}，字段“科目编码”是必填项`, 'FACCOUNTID'));
    for (const dimension of account?.dimensions ?? []) {
      if (!fields[`FDetailID.${dimension}`]) {
        faults.push(
          fault(
            `${row}，科目${account?.number}，字段“${DIMENSION_TITLES[dimension] ?? dimension}”是必填项`,
            'FDetailID',
          ),
        );
      }
    }
    if (isZero(fields.FDEBIT) && isZero(fields.FCREDIT)) faults.push(fault(`${row}，借方金额和贷方金额不能同时为零`));
  }
  const total = (field: string) => rows.reduce((sum, { fields }) => sum.plus(fields[field] || 0), new Decimal(0));
  if (!total('FDEBIT').equals(total('FCREDIT'))) faults.push(fault('凭证借贷不平衡'));
  return faults;
}

const isZero = (text: string | undefined) => new Decimal(text || 0).isZero();
