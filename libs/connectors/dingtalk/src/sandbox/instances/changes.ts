import type { FormValue, Instance, OperationRecord, Task } from './instance.js';

/** What happened to an instance, in the words of its events (dingtalk.md §3.2, §3.3). */
export type Happening =
  | { readonly event: 'bpms_instance_change'; readonly type: 'start' | 'finish' | 'terminate' }
  | { readonly event: 'bpms_task_change'; readonly type: 'start' | 'finish' | 'cancel'; readonly task: Task };

export interface Change {
  readonly instance: Instance;
  readonly happenings: readonly Happening[];
}

/** What a person fills in; ids and numbers are the vendor's. */
export type Submission = Pick<
  Instance,
  | 'id'
  | 'processCode'
  | 'title'
  | 'businessId'
  | 'originatorUserId'
  | 'originatorDeptId'
  | 'originatorDeptName'
  | 'bizAction'
  | 'fields'
  | 'approvers'
> & { readonly mainInstanceId?: string };

let taskIds = 61_625_821_300;

function taskFor(userId: string, at: number): Task {
  taskIds += 1;
  return { id: String(taskIds), userId, status: 'RUNNING', result: 'NONE', createdAt: at };
}

export function submitted(submission: Submission, at: number): Change {
  const task = taskFor(submission.approvers[0] ?? 'manager01', at);
  const instance: Instance = {
    ...submission,
    createdAt: at,
    status: 'RUNNING',
    result: '',
    attachedInstanceIds: [],
    records: [{ userId: submission.originatorUserId, at, type: 'START_PROCESS_INSTANCE', result: 'NONE' }],
    tasks: [task],
  };
  return {
    instance,
    happenings: [
      { event: 'bpms_instance_change', type: 'start' },
      { event: 'bpms_task_change', type: 'start', task },
    ],
  };
}

/** The approver whose turn it is decides. Undefined when nobody's turn it is. */
export function decided(
  instance: Instance,
  result: 'AGREE' | 'REFUSE',
  { at, remark = '' }: { at: number; remark?: string },
): Change | undefined {
  const current = instance.tasks.find(({ status }) => status === 'RUNNING');
  if (current === undefined) return undefined;
  const done: Task = { ...current, status: 'COMPLETED', result, finishedAt: at };
  const record: OperationRecord = { userId: current.userId, at, type: 'EXECUTE_TASK_NORMAL', result, remark };
  const tasks = instance.tasks.map((task) => (task === current ? done : task));
  const finished: Happening = { event: 'bpms_task_change', type: 'finish', task: done };
  const next = result === 'AGREE' ? instance.approvers[tasks.length] : undefined;
  if (next !== undefined) {
    const task = taskFor(next, at);
    return {
      instance: { ...instance, tasks: [...tasks, task], records: [...instance.records, record] },
      happenings: [finished, { event: 'bpms_task_change', type: 'start', task }],
    };
  }
  // Real instances close with a record of type NONE.
  const closing: OperationRecord = { userId: current.userId, at, type: 'NONE', result: 'NONE', remark: '' };
  return {
    instance: {
      ...instance,
      ...{ status: 'COMPLETED', result: result === 'AGREE' ? 'agree' : 'refuse', finishedAt: at, tasks },
      records: [...instance.records, record, closing],
    },
    happenings: [finished, { event: 'bpms_instance_change', type: 'finish' }],
  };
}

/** The originator withdraws it. Undefined when it has ended. */
export function terminated(
  instance: Instance,
  { at, remark = '' }: { at: number; remark?: string },
): Change | undefined {
  if (instance.status !== 'RUNNING') return undefined;
  const cancelled = instance.tasks.filter(({ status }) => status === 'RUNNING');
  const ends = (task: Task): Task =>
    cancelled.includes(task) ? { ...task, status: 'CANCELED', finishedAt: at } : task;
  const record: OperationRecord = {
    ...{ userId: instance.originatorUserId, at, remark },
    ...{ type: 'TERMINATE_PROCESS_INSTANCE', result: 'NONE' },
  };
  return {
    instance: {
      ...instance,
      status: 'TERMINATED',
      finishedAt: at,
      tasks: instance.tasks.map(ends),
      records: [...instance.records, record],
    },
    happenings: [
      ...cancelled.map((task): Happening => ({ event: 'bpms_task_change', type: 'cancel', task: ends(task) })),
      { event: 'bpms_instance_change', type: 'terminate' },
    ],
  };
}

/** Somebody changes the form; the vendor sends no event for it. Fields are named by id or name. */
export function amended(instance: Instance, changes: readonly FormValue[]): Instance {
  const fields = instance.fields.map((field) => {
    const change = changes.find(({ id, name }) => id === field.id || name === field.name);
    return change === undefined ? field : { ...field, value: change.value };
  });
  return { ...instance, fields };
}
