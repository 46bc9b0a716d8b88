import { collectedContent } from '@voucherline/connector-dingtalk/pure';
import { DEFAULT_SHARDS, documentKey, encode, factId, type Message, rawContent } from '@voucherline/contracts';
import { type OutgoingRecord, shardOf } from '@voucherline/pipeline';
import { AMOUNT, CORP, PROCESS_CODE, SOURCE } from './configuration.js';

/** The document key of an approval instance of the benchmark. */
export function approvalKey(instance: string): string {
  return documentKey({ product: 'dingtalk', account: CORP, kind: 'approval', id: instance });
}

/** What the collector says of an approved payment request: submitted, decided twice, approved. */
export function collectedApproval(instance: string): OutgoingRecord {
  const key = approvalKey(instance);
  const answer = Buffer.from(JSON.stringify(answerFor(instance)));
  const content = collectedContent({ processInstanceId: instance, processCode: PROCESS_CODE }, answer);
  const readAt = '2026-11-04T03:20:05.000Z';
  const message: Message<'DocumentCollected'> = {
    ...{ type: 'DocumentCollected', id: factId('bench', instance), source: `collector/read/${SOURCE}`, key },
    ...{ time: readAt, sequence: 1, configuration: 1 },
    data: { document: key, connection: SOURCE, content: rawContent(content), readAt, reason: 'hint', ended: true },
  };
  return { topic: 'documents.collected.v1', partition: shardOf(key, DEFAULT_SHARDS), record: encode(message) };
}

const field = (component_type: string, id: string, name: string, value: string) => ({
  component_type,
  id,
  name,
  value,
});
const record = (date: string, operation_type: string, operation_result: string, userid: string) => ({
  ...{ date, operation_type, operation_result, userid },
});
const task = (taskid: string, userid: string) => ({
  ...{ taskid, userid, task_status: 'COMPLETED', task_result: 'AGREE', activity_id: 'a1' },
  ...{ create_time: '2026-11-04 09:15:01', finish_time: '2026-11-04 11:20:00' },
});

/** The vendor's answer to a read of the instance. */
function answerFor(instance: string) {
  return {
    errcode: 0,
    errmsg: 'ok',
    process_instance: {
      title: '张三提交的付款申请',
      business_id: '202611040915000001',
      create_time: '2026-11-04 09:15:00',
      finish_time: '2026-11-04 11:20:00',
      originator_userid: 'user01',
      originator_dept_id: '-1',
      originator_dept_name: '某某公司',
      biz_action: 'NONE',
      attached_process_instance_ids: [],
      form_component_values: [
        field('TextField', 'TextField_APPLY', '付款申请单号', `FKSQ${instance}`),
        field('MoneyField', 'MoneyField_AMOUNT', '付款金额', AMOUNT),
        field('TextField', 'TextField_PAYEE', '收款方', '杭州某某科技有限公司'),
        field('DDDateField', 'DDDateField_DUE', '最迟付款日', '2026-11-30'),
        field('TextareaField', 'TextareaField_WHY', '付款事由', '十一月办公用品采购，合同 HT-2026-0117'),
      ],
      status: 'COMPLETED',
      result: 'agree',
      approver_userids: ['manager02', 'cfo01'],
      operation_records: [
        record('2026-11-04 09:15:00', 'START_PROCESS_INSTANCE', 'NONE', 'user01'),
        record('2026-11-04 10:01:30', 'EXECUTE_TASK_NORMAL', 'AGREE', 'manager02'),
        record('2026-11-04 11:20:00', 'EXECUTE_TASK_NORMAL', 'AGREE', 'cfo01'),
      ],
      tasks: [task('61625821302', 'manager02'), task('61625821303', 'cfo01')],
    },
    request_id: `request-${instance}`,
  };
}
