/** One row of base data. It can be referenced when it is audited and not forbidden (kingdee.md §6.6). */
export interface BaseRow {
  readonly number: string;
  readonly name: string;
  readonly forbidden?: boolean;
  readonly audited?: boolean;
  /** BD_Currency: ISO 4217. */
  readonly code?: string;
  /** BD_Account: dimensions that an entry must give, e.g. `FFLEX5`, and those that it may. */
  readonly dimensions?: readonly string[];
  readonly optionalDimensions?: readonly string[];
}

/** Rows by form. */
export type BaseData = Readonly<Record<string, readonly BaseRow[]>>;

export const BASE_DATA: BaseData = {
  BD_Supplier: [
    { number: 'S001', name: '样例供应商' },
    { number: 'S002', name: '另一供应商' },
    { number: 'S009', name: '停用供应商', forbidden: true },
  ],
  BD_Customer: [{ number: 'C001', name: '样例客户' }],
  BD_Empinfo: [
    { number: 'E001', name: '样例员工' },
    { number: 'E003', name: '张三' },
  ],
  BD_Department: [
    { number: 'BM01', name: '销售部' },
    { number: 'BM02', name: '研发部' },
    { number: 'BM03', name: '财务部' },
    { number: 'BM04', name: '平台研发部' },
    { number: 'BM08', name: '未审核的部门', audited: false },
    { number: 'BM09', name: '停用的部门', forbidden: true },
  ],
  BD_Expense: [
    { number: 'FY01', name: '差旅费' },
    { number: 'FY02', name: '办公费' },
    { number: 'FY03', name: '招待费' },
    { number: 'FY09', name: '停用的费用', forbidden: true },
  ],
  BD_Currency: [
    { number: 'PRE001', name: '人民币', code: 'CNY' },
    { number: 'PRE007', name: '美元', code: 'USD' },
  ],
  BD_SETTLETYPE: [
    { number: 'JSFS01_SYS', name: '现金' },
    { number: 'JSFS04_SYS', name: '电汇' },
  ],
  CN_BANKACNT: [{ number: 'ACC001', name: '基本户' }],
  BD_Account: [
    { number: '1002', name: '银行存款' },
    { number: '1221', name: '其他应收款', optionalDimensions: ['FFLEX7'] },
    { number: '2221.01', name: '应交增值税' },
    { number: '2241', name: '其他应付款', optionalDimensions: ['FFLEX7'] },
    { number: '6601', name: '销售费用', optionalDimensions: ['FFLEX5'] },
    { number: '6602.01', name: '管理费用-差旅费', dimensions: ['FFLEX5'], optionalDimensions: ['FFLEX9'] },
    { number: '6602.02', name: '管理费用-办公费', dimensions: ['FFLEX5', 'FFLEX9'] },
    { number: '6602.03', name: '管理费用-业务招待费', dimensions: ['FFLEX5'], optionalDimensions: ['FFLEX9'] },
    { number: '6602.08', name: '管理费用-未审核', audited: false },
    { number: '6602.09', name: '管理费用-停用', forbidden: true },
    { number: '6603', name: '财务费用' },
  ],
  BD_AccountBook: [{ number: '001', name: '总账账簿' }],
  BD_VOUCHERGROUP: [
    { number: 'PRE001', name: '记' },
    { number: 'PRE002', name: '付' },
  ],
  BD_RateType: [{ number: 'HLTX01_SYS', name: '固定汇率' }],
  BD_PURPOSE: [{ number: 'SFKYT08_SYS', name: '采购付款' }],
  BOS_BillType: [
    { number: 'FKDLX01_SYS', name: '采购付款单' },
    { number: 'FKSQ005_SYS', name: '付款申请单' },
  ],
  ORG_Organizations: [{ number: '100', name: '总公司' }],
};

/** Base data in use: settable, looked up by form and number. */
export class BaseDataStore {
  #rows = new Map<string, BaseRow>();

  constructor(data: BaseData) {
    for (const [form, rows] of Object.entries(data)) for (const row of rows) this.set(form, row);
  }

  set(form: string, row: BaseRow): void {
    this.#rows.set(`${form}\0${row.number}`, row);
  }

  remove(form: string, number: string): void {
    this.#rows.delete(`${form}\0${number}`);
  }

  /** All rows of a form, forbidden ones and those that are not audited too. */
  of(form: string): readonly BaseRow[] {
    const prefix = `${form}\0`;
    return [...this.#rows].filter(([key]) => key.startsWith(prefix)).map(([, row]) => row);
  }

  find(form: string, number: string): BaseRow | undefined {
    return this.#rows.get(`${form}\0${number}`);
  }

  /** The row, when a document may reference it. */
  usable(form: string, number: string): BaseRow | undefined {
    const row = this.find(form, number);
    return row === undefined || row.forbidden === true || row.audited === false ? undefined : row;
  }
}
