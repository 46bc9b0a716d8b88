import { Decimal } from 'decimal.js';
import { rowsOf, type StoredDocument } from '../documents/index.js';
import type { FormSpec } from '../forms.js';
import { asFlag, asText, member } from '../json.js';
import { localTime } from '../query/columns.js';
import { GalaxyRefusal } from '../reply.js';
import { formSpec, namedDocuments, type Request, type Workplace } from './operation.js';
import { blank, idOf, settled, totalled } from './save.js';
import { validate } from './validate.js';

const RULE = 'CN_PAYAPPLYTOPAYBILL';

/** Push from CN_PAYAPPLY to AP_PAYBILL (kingdee.md §4.4). Not idempotent: each call makes bills while an open amount is left. */
export async function push(request: Request, workplace: Workplace): Promise<readonly StoredDocument[]> {
  const { data, form } = request;
  if (form.id !== 'CN_PAYAPPLY' || target(request) !== 'AP_PAYBILL')
    throw new GalaxyRefusal(8, '沙箱只支持付款申请单下推付款单');
  checkRule(request, workplace);
  const draftOnFail = asFlag(member(data, 'IsDraftWhenSaveFail'), false);
  const billForm = formSpec(workplace.store, 'AP_PAYBILL');
  const bills = namedDocuments(workplace.store, request).map((named) => {
    const bill = converted(named, request.user, workplace);
    return saved(bill, billForm, workplace, draftOnFail);
  });
  await Promise.all(bills.map((bill) => workplace.store.put(bill)));
  return bills;
}

/** A bill as Push leaves it: saved, or a draft without a number where its save fails and drafts are allowed. */
function saved(bill: StoredDocument, form: FormSpec, workplace: Workplace, draftOnFail: boolean): StoredDocument {
  const draft = () => ({ ...bill, id: idOf(bill, workplace) });
  if (workplace.settings.pushSavesAs === 'draft' && draftOnFail) return draft();
  try {
    validate(bill, form, workplace);
  } catch (error) {
    if (!(error instanceof GalaxyRefusal) || !draftOnFail) throw error;
    return draft();
  }
  return settled(bill, form, workplace);
}

const target = ({ data }: Request) => asText(member(data, 'TargetFormId')) || 'AP_PAYBILL';

function checkRule({ data }: Request, { settings }: Workplace): void {
  const rule = asText(member(data, 'RuleId')) ?? '';
  const byDefault = asFlag(member(data, 'IsEnableDefaultRule'), false);
  if (rule === RULE && !byDefault) return;
  if (rule !== '' || !byDefault || !settings.defaultRule) {
    throw new GalaxyRefusal(8, '没有可用的单据转换规则，请检查转换规则是否启用');
  }
}

/** The bill that the rule makes of an application: its whole open amount. */
export function converted(
  named: StoredDocument | { readonly missing: string },
  creator: string,
  workplace: Workplace,
  part?: string,
): StoredDocument {
  if ('missing' in named) throw new GalaxyRefusal(9, `编码值["${named.missing}"]不存在`);
  if (named.status !== 'C' || named.cancelled) {
    throw new GalaxyRefusal(12, `单据编号为“${named.number}”的付款申请单未审核或已作废，不能下推`);
  }
  const open = openAmount(named, workplace);
  if (!open.isPositive() || open.isZero()) {
    throw new GalaxyRefusal(11, `单据编号为“${named.number}”的付款申请单，关联数量已达到订单数量，不能下推`);
  }
  return bill(named, part ?? open.toFixed(2), creator, workplace);
}

function bill(application: StoredDocument, amount: string, creator: string, workplace: Workplace): StoredDocument {
  const { settings, store } = workplace;
  const document = blank('AP_PAYBILL', creator);
  const [row] = rowsOf(application, 'FPAYAPPLYENTRY');
  const entryId = () => store.sequences.nextEntryId();
  const { FCONTACTUNITTYPE, FCONTACTUNIT, FRECTUNITTYPE, FRECTUNIT, FCURRENCYID, FPAYORGID, FSETTLEORGID } =
    application.fields;
  const copied = { FCONTACTUNITTYPE, FCONTACTUNIT, FRECTUNITTYPE, FRECTUNIT, FCURRENCYID, FPAYORGID, FSETTLEORGID };
  const fields = Object.entries(copied).filter((field): field is [string, string] => field[1] !== undefined);
  const today = localTime(document.createdAt, settings.utcOffsetMinutes).slice(0, 10);
  return totalled({
    ...document,
    fields: { ...Object.fromEntries(fields), FBillTypeID: 'FKDLX01_SYS', FDATE: `${today}T00:00:00` },
    entries: {
      FPAYBILLENTRY: [
        {
          entryId: entryId(),
          fields: {
            FSETTLETYPEID: row?.fields.FSETTLETYPEID ?? '',
            FPURPOSEID: 'SFKYT08_SYS',
            FPAYTOTALAMOUNTFOR: amount,
            FREALPAYAMOUNTFOR_D: amount,
            FACCOUNTID: settings.ownBankAccount,
            FOPPOSITECCOUNTNAME: row?.fields.FEACHCCOUNTNAME ?? '',
            FCOMMENT: row?.fields.FDescription ?? '',
          },
        },
      ],
      FPAYBILLSRCENTRY: [
        {
          entryId: entryId(),
          fields: {
            FSOURCETYPE: 'CN_PAYAPPLY',
            FSRCBILLNO: application.number,
            FSRCBILLID: application.id,
            FSRCROWID: row?.entryId ?? '0',
            FREALPAYAMOUNT: amount,
          },
        },
      ],
    },
  });
}

function openAmount(application: StoredDocument, { store, settings }: Workplace): Decimal {
  const applied = new Decimal(application.fields.FAPPLYAMOUNTFOR_H || 0);
  if (settings.openAmountUsedBy === 'never') return applied;
  const ids = store.candidates('AP_PAYBILL', 'FSRCBILLNO', application.number) ?? new Set();
  const using = store
    .pick('AP_PAYBILL', ids)
    .filter(({ status, cancelled }) => !cancelled && (settings.openAmountUsedBy === 'saved' || status === 'C'));
  return using
    .flatMap((document) => rowsOf(document, 'FPAYBILLSRCENTRY'))
    .filter(({ fields }) => fields.FSRCBILLNO === application.number)
    .reduce((open, { fields }) => open.minus(fields.FREALPAYAMOUNT || 0), applied);
}
