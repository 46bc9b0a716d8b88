/** What a field holds. `base:<form>` refers to base data by number; `unit:<field>` to the form that another field names. */
export type FieldKind =
  | 'text'
  | 'date'
  | 'datetime'
  | 'amount'
  | 'integer'
  | 'flex'
  | `base:${string}`
  | `unit:${string}`;

export type Fields = Readonly<Record<string, FieldKind>>;

export interface EntitySpec {
  /** Its name in a View. */
  readonly viewName: string;
  readonly fields: Fields;
}

/** A form as this sandbox knows it: the fields of kingdee.md §6 that a hub has to do with. */
export interface FormSpec {
  readonly id: string;
  readonly title: string;
  readonly primaryKey: string;
  readonly numberPrefix: string;
  readonly header: Fields;
  readonly entities: Readonly<Record<string, EntitySpec>>;
  /** Header fields that a saved document must have, with their labels. */
  readonly required: Readonly<Record<string, string>>;
  /** Text fields, of header and entries, that look-ups are quick by. */
  readonly indexed: readonly string[];
}

/** Fields that the system writes; every form has them. */
export const SYSTEM_FIELDS: Fields = {
  FBillNo: 'text',
  FDocumentStatus: 'text',
  FCancelStatus: 'text',
  FCreatorId: 'text',
  FCreateDate: 'datetime',
  FModifyDate: 'datetime',
  FApproveDate: 'datetime',
};

/** The forms, with the custom field that carries the voucher key. */
export function formsWith(keyField: string): ReadonlyMap<string, FormSpec> {
  const forms: FormSpec[] = [PAY_APPLICATION, withKey(PAY_BILL, keyField), withKey(VOUCHER, keyField)];
  return new Map(forms.map((form) => [form.id, form]));
}

function withKey(form: FormSpec, keyField: string): FormSpec {
  return { ...form, header: { ...form.header, [keyField]: 'text' }, indexed: [...form.indexed, keyField] };
}

const UNITS: Fields = {
  FCONTACTUNITTYPE: 'text',
  FCONTACTUNIT: 'unit:FCONTACTUNITTYPE',
  FRECTUNITTYPE: 'text',
  FRECTUNIT: 'unit:FRECTUNITTYPE',
  FCURRENCYID: 'base:BD_Currency',
  FPAYORGID: 'base:ORG_Organizations',
  FSETTLEORGID: 'base:ORG_Organizations',
};

const PAY_APPLICATION: FormSpec = {
  id: 'CN_PAYAPPLY',
  title: '付款申请单',
  primaryKey: 'FID',
  numberPrefix: 'FKSQ',
  header: {
    ...UNITS,
    FBILLTYPEID: 'base:BOS_BillType',
    FDATE: 'date',
    FAPPLYORGID: 'base:ORG_Organizations',
    FAPPLYAMOUNTFOR_H: 'amount',
    FPAYAMOUNTFOR_H: 'amount',
  },
  entities: {
    FPAYAPPLYENTRY: {
      viewName: 'FPAYAPPLYENTRY',
      fields: {
        FCOSTID: 'base:BD_Expense',
        FAPPLYAMOUNTFOR: 'amount',
        FSETTLETYPEID: 'base:BD_SETTLETYPE',
        FEACHCCOUNTNAME: 'text',
        FDescription: 'text',
      },
    },
  },
  required: { FDATE: '申请日期', FCONTACTUNIT: '往来单位', FCURRENCYID: '币别' },
  indexed: [],
};

const PAY_BILL: FormSpec = {
  id: 'AP_PAYBILL',
  title: '付款单',
  primaryKey: 'FID',
  numberPrefix: 'FKD',
  header: {
    ...UNITS,
    FBillTypeID: 'base:BOS_BillType',
    FDATE: 'date',
    FDepartment: 'base:BD_Department',
    FREMARK: 'text',
    FTHIRDBILLNO: 'text',
    FPAYTOTALAMOUNTFOR_H: 'amount',
    FREALPAYAMOUNTFOR_H: 'amount',
  },
  entities: {
    FPAYBILLENTRY: {
      viewName: 'PAYBILLENTRY',
      fields: {
        FSETTLETYPEID: 'base:BD_SETTLETYPE',
        FPURPOSEID: 'base:BD_PURPOSE',
        FPAYTOTALAMOUNTFOR: 'amount',
        FREALPAYAMOUNTFOR_D: 'amount',
        FACCOUNTID: 'base:CN_BANKACNT',
        FOPPOSITECCOUNTNAME: 'text',
        FCOMMENT: 'text',
        FCOSTID: 'base:BD_Expense',
      },
    },
    FPAYBILLSRCENTRY: {
      viewName: 'PAYBILLSRCENTRY',
      fields: {
        FSOURCETYPE: 'text',
        FSRCBILLNO: 'text',
        FSRCBILLID: 'integer',
        FSRCROWID: 'integer',
        FREALPAYAMOUNT: 'amount',
      },
    },
  },
  required: { FDATE: '业务日期', FCONTACTUNIT: '往来单位', FCURRENCYID: '币别' },
  indexed: ['FSRCBILLNO', 'FTHIRDBILLNO'],
};

const VOUCHER: FormSpec = {
  id: 'GL_VOUCHER',
  title: '凭证',
  primaryKey: 'FVOUCHERID',
  numberPrefix: 'PZ',
  header: {
    FAccountBookID: 'base:BD_AccountBook',
    FDate: 'date',
    FBUSDATE: 'date',
    FYEAR: 'integer',
    FPERIOD: 'integer',
    FVOUCHERGROUPID: 'base:BD_VOUCHERGROUP',
    FVOUCHERGROUPNO: 'integer',
    FATTACHMENTS: 'integer',
    FISADJUSTVOUCHER: 'text',
    FSourceBillKey: 'text',
    FDEBITTOTAL: 'amount',
    FCREDITTOTAL: 'amount',
  },
  entities: {
    FEntity: {
      viewName: 'GL_VOUCHERENTRY',
      fields: {
        FEXPLANATION: 'text',
        FACCOUNTID: 'base:BD_Account',
        FDetailID: 'flex',
        FCURRENCYID: 'base:BD_Currency',
        FEXCHANGERATETYPE: 'base:BD_RateType',
        FEXCHANGERATE: 'amount',
        FAMOUNTFOR: 'amount',
        FDEBIT: 'amount',
        FCREDIT: 'amount',
      },
    },
  },
  required: { FAccountBookID: '账簿', FDate: '日期', FVOUCHERGROUPID: '凭证字' },
  indexed: [],
};

/** Base-data form that a voucher dimension refers to (kingdee.md §6.1; account-set specific in reality). */
export const DIMENSIONS: Readonly<Record<string, string>> = {
  FFLEX4: 'BD_Supplier',
  FFLEX5: 'BD_Department',
  FFLEX6: 'BD_Customer',
  FFLEX7: 'BD_Empinfo',
  FFLEX9: 'BD_Expense',
};
