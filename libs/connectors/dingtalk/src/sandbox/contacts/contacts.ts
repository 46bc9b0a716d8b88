import { ControlRefusal } from '@voucherline/connector-kit/sandbox';

export interface Department {
  readonly id: number;
  readonly name: string;
  /** Absent for the root, which is 1. */
  readonly parent?: number;
}

export interface User {
  readonly userid: string;
  readonly name: string;
  readonly departments: readonly number[];
  readonly title?: string;
  readonly jobNumber?: string;
}

export const ROOT = 1;

/** The small company of the samples: who submits, approves and comments in them works here. */
export const COMPANY: { readonly departments: readonly Department[]; readonly users: readonly User[] } = {
  departments: [
    { id: ROOT, name: '样例公司' },
    { id: 101, name: '财务部', parent: ROOT },
    { id: 102, name: '销售部', parent: ROOT },
    { id: 103, name: '研发部', parent: ROOT },
    { id: 10301, name: '平台组', parent: 103 },
  ],
  users: [
    { userid: 'boss01', name: '王总', departments: [ROOT], title: '总经理', jobNumber: 'E001' },
    { userid: 'manager01', name: '李经理', departments: [102, 103], title: '部门经理', jobNumber: 'E002' },
    { userid: 'user01', name: '张三', departments: [102], title: '销售代表', jobNumber: 'E003' },
    { userid: 'user02', name: '李四', departments: [10301], title: '工程师', jobNumber: 'E004' },
    { userid: 'finance01', name: '赵会计', departments: [101], title: '会计', jobNumber: 'E005' },
    { userid: 'voucherline', name: 'Voucherline', departments: [101] },
  ],
};

/** The company's contacts, in memory: a restart begins with {@link COMPANY} again. */
export class Contacts {
  #departments: readonly Department[] = COMPANY.departments;
  #users: readonly User[] = COMPANY.users;

  get shown() {
    return { departments: this.#departments, users: this.#users };
  }

  department(id: unknown): Department | undefined {
    return this.#departments.find((one) => one.id === id);
  }

  children(parent: number): readonly Department[] {
    return this.#departments.filter((one) => one.parent === parent);
  }

  members(department: number): readonly User[] {
    return this.#users.filter(({ departments }) => departments.includes(department));
  }

  /** What is given takes the place of all that was there. @throws {ControlRefusal} naming what is no department or user */
  set({ departments, users }: { readonly departments?: unknown; readonly users?: unknown }): void {
    if (departments !== undefined)
      this.#departments = listOf(departments, isDepartment, 'departments: [{id, name, parent?}]');
    if (users !== undefined)
      this.#users = listOf(users, isUser, 'users: [{userid, name, departments, title?, jobNumber?}]');
  }

  reset(): void {
    this.set(COMPANY);
  }
}

function listOf<T>(value: unknown, is: (item: unknown) => item is T, shape: string): readonly T[] {
  if (Array.isArray(value) && value.every(is)) return value;
  throw new ControlRefusal(400, `write ${shape}`);
}

type Loose = Readonly<Record<string, unknown>> | null;

function isDepartment(item: unknown): item is Department {
  const department = item as Loose;
  return typeof department?.id === 'number' && typeof department.name === 'string';
}

function isUser(item: unknown): item is User {
  const user = item as Loose;
  return typeof user?.userid === 'string' && typeof user.name === 'string' && Array.isArray(user.departments);
}
