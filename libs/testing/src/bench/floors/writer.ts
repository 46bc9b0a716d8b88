import { jobsPerSecond, type WireConnection, wireRequest } from '../wire.js';
import { serve } from './serve.js';

interface Round {
  readonly port: number;
  readonly connections: number;
  /** Headers that sign a call, by operation; they are good for some minutes. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** A payment application and the key of its bill. */
  readonly vouchers: readonly { readonly application: string; readonly key: string }[];
}

const BILL =
  'FID,FBillNo,FCancelStatus,FDATE,FCURRENCYID.FNumber,FPAYTOTALAMOUNTFOR_H,FREALPAYAMOUNTFOR_H,FCONTACTUNIT.FNumber,' +
  'FRECTUNIT.FNumber,FTHIRDBILLNO,FREMARK,FDocumentStatus,FCreatorId.FName,FCreateDate,F_VL_KEY';

/** Makes the calls that one payment bill takes by the posting protocol, and reads of the answers only which bill it is. */
serve({
  run({ port, connections, headers, vouchers }: Round): Promise<number> {
    return jobsPerSecond(port, connections, vouchers, (connection, { application, key }) =>
      post(new Calls(connection, headers), application, key),
    );
  },
});

async function post(calls: Calls, application: string, key: string): Promise<void> {
  const found = `FSRCBILLNO='${application}' or F_VL_KEY='${key}'`;
  await calls.query('CN_PAYAPPLY', 'FBillNo,FDocumentStatus,FCancelStatus', `FBillNo='${application}'`);
  await calls.query('AP_PAYBILL', `${BILL},FSOURCETYPE,FSRCBILLNO`, found);
  const pushed = await calls.make('Push', {
    formid: 'CN_PAYAPPLY',
    data: {
      ...{ Ids: '', Numbers: [application], EntryIds: '', RuleId: '', TargetBillTypeId: '', TargetOrgId: 0 },
      ...{ TargetFormId: 'AP_PAYBILL', IsEnableDefaultRule: 'true', IsDraftWhenSaveFail: 'true', CustomParams: {} },
    },
  });
  const id = /"Id":"?(\d+)/.exec(pushed)?.[1] ?? '';
  const read = `FID=${id}`;
  await calls.query('AP_PAYBILL', `${BILL},FSOURCETYPE,FSRCBILLNO`, found);
  // Marking looks first whether the bill has a number of a third party.
  await calls.query('AP_PAYBILL', 'FID,FTHIRDBILLNO', read);
  const marks = { F_VL_KEY: key, FTHIRDBILLNO: key, FREMARK: '十一月办公用品采购，合同 HT-2026-0117' };
  const Model = { FID: Number(id), ...marks };
  const data = { NeedUpDateFields: Object.keys(marks), IsDeleteEntry: 'false', Model };
  await calls.make('Save', { formid: 'AP_PAYBILL', data });
  await calls.query('AP_PAYBILL', BILL, read);
  await calls.make('Submit', { formid: 'AP_PAYBILL', data: { Ids: id } });
  await calls.make('Audit', { formid: 'AP_PAYBILL', data: { Ids: id } });
  await calls.query('AP_PAYBILL', BILL, read);
}

class Calls {
  readonly #connection: WireConnection;
  readonly #headers: Round['headers'];

  constructor(connection: WireConnection, headers: Round['headers']) {
    this.#connection = connection;
    this.#headers = headers;
  }

  /** A query has to find something when it is about a bill of ours; what it finds is not read. */
  query(form: string, fields: string, filter: string): Promise<string> {
    const asked = { FormId: form, FieldKeys: fields, FilterString: filter, OrderString: 'FID ASC' };
    return this.make('ExecuteBillQuery', { data: { ...asked, TopRowCount: 0, StartRow: 0, Limit: 100 } });
  }

  async make(operation: string, body: object): Promise<string> {
    const path = `/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.${operation}.common.kdsvc`;
    const request = wireRequest(path, JSON.stringify(body), this.#headers[operation]);
    const answer = (await this.#connection.send(request)).toString();
    if (answer.includes('"IsSuccess":false')) throw new Error(`Kingdee's sandbox refused ${operation}: ${answer}`);
    return answer;
  }
}
