import type { Comment, Instance, OperationRecord } from './instance.js';
import { localTime } from './local-time.js';

/** An instance as `topapi/processinstance/get` shows it (dingtalk.md §6.1): neither its id nor its form are in it. */
export function shown(instance: Instance, comments: readonly Comment[], utcOffsetMinutes: number): object {
  const time = (at: number) => localTime(at, utcOffsetMinutes);
  const talk = comments.map(
    ({ userId, at, text }): OperationRecord => ({ userId, at, type: 'ADD_REMARK', result: 'NONE', remark: text }),
  );
  return {
    title: instance.title,
    business_id: instance.businessId,
    create_time: time(instance.createdAt),
    ...(instance.finishedAt !== undefined && { finish_time: time(instance.finishedAt) }),
    originator_userid: instance.originatorUserId,
    originator_dept_id: instance.originatorDeptId,
    originator_dept_name: instance.originatorDeptName,
    status: instance.status,
    result: instance.result,
    approver_userids: instance.approvers,
    cc_userids: [],
    biz_action: instance.bizAction,
    attached_process_instance_ids: instance.attachedInstanceIds,
    ...(instance.mainInstanceId !== undefined && { main_process_instance_id: instance.mainInstanceId }),
    form_component_values: instance.fields,
    operation_records: [...instance.records, ...talk]
      .sort((a, b) => a.at - b.at)
      .map(({ userId, at, type, result, remark }) => ({
        date: time(at),
        operation_result: result,
        operation_type: type,
        ...(remark !== undefined && { remark }),
        userid: userId,
      })),
    tasks: instance.tasks.map(({ id, userId, status, result, createdAt, finishedAt }) => ({
      taskid: id,
      userid: userId,
      task_status: status,
      task_result: result,
      create_time: time(createdAt),
      ...(finishedAt !== undefined && { finish_time: time(finishedAt) }),
      url: `aflow.dingtalk.com?procInsId=${instance.id}&taskId=${id}&businessId=${instance.businessId}`,
    })),
  };
}
