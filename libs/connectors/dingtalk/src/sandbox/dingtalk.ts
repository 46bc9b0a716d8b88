import type { Faults } from '@voucherline/connector-kit/sandbox';
import { Limits } from './api/limits.js';
import { VendorRefusal } from './api/reply.js';
import { Tokens } from './api/tokens.js';
import { Deliveries } from './callbacks/deliveries.js';
import { eventOf } from './callbacks/event-payload.js';
import { Contacts } from './contacts/contacts.js';
import { amended, type Change, decided, type Submission, submitted, terminated } from './instances/changes.js';
import type { Comment, FormValue, Instance } from './instances/instance.js';
import type { InstanceStore } from './instances/instance-store.js';
import type { DingtalkSandboxSettings } from './settings.js';

/** A submission with what the caller may leave to the vendor. */
export type NewInstance = Omit<Submission, 'id' | 'businessId' | 'bizAction' | 'originatorDeptName'> & {
  readonly bizAction?: Submission['bizAction'];
};

/** One company's DingTalk: its approvals, tokens, limits and callbacks. Every change is on disk before it is told to anybody. */
export class Dingtalk {
  readonly settings: DingtalkSandboxSettings;
  readonly store: InstanceStore;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly deliveries: Deliveries;
  readonly contacts = new Contacts();

  constructor(settings: DingtalkSandboxSettings, store: InstanceStore, faults: Faults) {
    this.settings = settings;
    this.store = store;
    this.faults = faults;
    this.tokens = new Tokens(settings.tokenSeconds);
    this.limits = new Limits(settings);
    this.deliveries = new Deliveries(settings, faults);
  }

  async submit({ bizAction = 'NONE', ...given }: NewInstance): Promise<Instance> {
    const at = Date.now();
    const numbers = this.store.nextNumber(at, this.settings.utcOffsetMinutes);
    return this.#apply(submitted({ ...given, ...numbers, bizAction, originatorDeptName: '财务部' }, at), at);
  }

  async decide(id: string, result: 'AGREE' | 'REFUSE', remark?: string): Promise<Instance> {
    const at = Date.now();
    const change = decided(this.instance(id), result, { at, ...(remark !== undefined && { remark }) });
    if (change === undefined) throw new VendorRefusal(820005, '审批实例已结束');
    return this.#apply(change, at);
  }

  async terminate(id: string, remark?: string): Promise<Instance> {
    const at = Date.now();
    const change = terminated(this.instance(id), { at, ...(remark !== undefined && { remark }) });
    if (change === undefined) throw new VendorRefusal(820005, '审批实例已结束');
    return this.#apply(change, at);
  }

  comment(instanceId: string, comment: Pick<Comment, 'userId' | 'text'>): Promise<void> {
    return this.store.comment({ ...comment, instanceId: this.instance(instanceId).id, at: Date.now() });
  }

  amend(id: string, fields: readonly FormValue[]): Promise<void> {
    return this.store.put(amended(this.instance(id), fields));
  }

  /** Makes the instance that revokes another one, and hangs it onto that one. */
  async revoke(id: string, fields: readonly FormValue[]): Promise<Instance> {
    const main = this.instance(id);
    const { processCode, originatorUserId, originatorDeptId, approvers } = main;
    const revocation = await this.submit({
      ...{ processCode, originatorUserId, originatorDeptId, approvers, fields },
      ...{ title: `${main.title}（撤销）`, bizAction: 'REVOKE', mainInstanceId: main.id },
    });
    await this.store.put({ ...this.instance(id), attachedInstanceIds: [...main.attachedInstanceIds, revocation.id] });
    return revocation;
  }

  /** An instance that was approved at once; `callbacks` says which of its events are sent. */
  async approvedAtOnce(given: NewInstance, callbacks: 'none' | 'finish' | 'all'): Promise<string> {
    const at = Date.now();
    const numbers = this.store.nextNumber(at, this.settings.utcOffsetMinutes);
    const start = submitted({ ...given, ...numbers, bizAction: 'NONE', originatorDeptName: '财务部' }, at);
    const end = decided({ ...start.instance, approvers: given.approvers.slice(0, 1) }, 'AGREE', { at }) as Change;
    await this.store.put(end.instance);
    const told = callbacks === 'all' ? [...start.happenings, ...end.happenings] : end.happenings.slice(-1);
    if (callbacks !== 'none') this.#tell({ instance: end.instance, happenings: told }, at);
    return end.instance.id;
  }

  /** @throws {VendorRefusal} when there is none */
  instance(id: unknown): Instance {
    const found = typeof id === 'string' ? this.store.get(id) : undefined;
    if (found === undefined) throw new VendorRefusal(820006, '审批实例不存在');
    return found;
  }

  async reset(): Promise<void> {
    this.deliveries.reset();
    this.contacts.reset();
    this.tokens.expire();
    this.limits.reset();
    await this.store.reset();
  }

  close(): Promise<void> {
    this.deliveries.close();
    return this.store.close();
  }

  async #apply(change: Change, at: number): Promise<Instance> {
    await this.store.put(change.instance);
    this.#tell(change, at);
    return change.instance;
  }

  #tell({ instance, happenings }: Change, at: number): void {
    const { corpId, envelope } = this.settings;
    for (const happening of happenings) this.deliveries.send(eventOf(instance, happening, { corpId, envelope, at }));
  }
}
