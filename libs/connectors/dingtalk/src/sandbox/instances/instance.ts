/** One component of a form, in the shape that is read (dingtalk.md §8). */
export interface FormValue {
  readonly id: string;
  readonly name: string;
  readonly component_type: string;
  /** Text; the word `null` when empty. */
  readonly value: string;
  readonly ext_value?: string;
}

/** One line of an instance's history. `at` is in ms; answers show seconds. */
export interface OperationRecord {
  readonly userId: string;
  readonly at: number;
  readonly type: string;
  readonly result: 'AGREE' | 'REFUSE' | 'NONE';
  readonly remark?: string;
}

export interface Task {
  readonly id: string;
  readonly userId: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELED';
  readonly result: 'AGREE' | 'REFUSE' | 'NONE';
  readonly createdAt: number;
  readonly finishedAt?: number;
}

/** An approval instance as the sandbox keeps it; the book's lines hold these members. */
export interface Instance {
  readonly id: string;
  readonly processCode: string;
  readonly title: string;
  readonly businessId: string;
  readonly originatorUserId: string;
  readonly originatorDeptId: string;
  readonly originatorDeptName: string;
  readonly createdAt: number;
  readonly finishedAt?: number;
  readonly status: 'RUNNING' | 'COMPLETED' | 'TERMINATED';
  readonly result: '' | 'agree' | 'refuse';
  readonly bizAction: 'NONE' | 'MODIFY' | 'REVOKE';
  readonly mainInstanceId?: string;
  readonly attachedInstanceIds: readonly string[];
  readonly fields: readonly FormValue[];
  readonly records: readonly OperationRecord[];
  readonly tasks: readonly Task[];
  /** Who has to agree, one after the other. */
  readonly approvers: readonly string[];
}

/** A comment on an instance. */
export interface Comment {
  readonly id: string;
  readonly instanceId: string;
  readonly userId: string;
  readonly text: string;
  readonly at: number;
}
