import { randomUUID } from 'node:crypto';
import type { Happening } from '../instances/changes.js';
import type { Instance } from '../instances/instance.js';

/** An event on its way: the payload that is encrypted, and what the control API shows of it. */
export interface VendorEvent {
  readonly eventId: string;
  readonly event: string;
  readonly type: string;
  readonly instanceId: string;
  readonly at: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The payload of an approval event (dingtalk.md §3.1 to §3.3). Form values are never in it. */
export function eventOf(
  instance: Instance,
  happening: Happening,
  { corpId, envelope, at }: { corpId: string; envelope: 'current' | 'older'; at: number },
): VendorEvent {
  const eventId = randomUUID();
  const { event, type } = happening;
  const head =
    envelope === 'current'
      ? { EventType: event, EventTime: at, CorpId: corpId, eventId }
      : { EventType: event, corpId };
  const about = {
    processInstanceId: instance.id,
    processCode: instance.processCode,
    businessId: instance.businessId,
    bizCategoryId: '',
    title: instance.title,
    type,
    url: `https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?procInstId\\u003d${instance.id}`,
  };
  const own = event === 'bpms_instance_change' ? instancePart(instance, type) : taskPart(happening);
  return { eventId, event, type, instanceId: instance.id, at, payload: { ...head, ...about, ...own } };
}

function instancePart(instance: Instance, type: string): object {
  return {
    staffId: instance.originatorUserId,
    createTime: instance.createdAt,
    // A withdrawal has no result, and whether it has a time is unconfirmed.
    ...(type === 'finish' && { result: instance.result, finishTime: instance.finishedAt }),
  };
}

function taskPart(happening: Happening): object {
  if (happening.event !== 'bpms_task_change') return {};
  const { task, type } = happening;
  return {
    taskId: Number(task.id),
    staffId: task.userId,
    createTime: task.createdAt,
    ...(type === 'finish' && { result: task.result === 'AGREE' ? 'agree' : 'refuse', remark: '' }),
    ...(task.finishedAt !== undefined && { finishTime: task.finishedAt }),
  };
}
