import type { FaultRule, Faults, SandboxReply, SandboxRequest } from '@voucherline/connector-kit/sandbox';
import { Authentication } from './authentication.js';
import type { BaseDataStore } from './base-data.js';
import type { DocumentStore, StoredDocument } from './documents/index.js';
import { type Call, callOf, openEnvelope, UnreadableBody } from './envelope.js';
import { businessInfo } from './operations/business-info.js';
import { formSpec, type Request, type Workplace } from './operations/operation.js';
import { push } from './operations/push.js';
import { save } from './operations/save.js';
import { isTransition, transition } from './operations/transitions.js';
import { view } from './operations/view.js';
import { runQuery } from './query/run-query.js';
import {
  failureStatus,
  GalaxyRefusal,
  refusalReply,
  reply,
  responseError,
  SESSION_LOST,
  successStatus,
} from './reply.js';
import type { KingdeeSandboxSettings } from './settings.js';

const SERVICE = /^(.*)\/Kingdee\.BOS\.WebApi\.ServicesStub\.(AuthService|DynamicFormService)\.(\w+)\.common\.kdsvc$/i;

const OPERATIONS = [
  ...['ValidateUser', 'LoginByAppSecret', 'LoginBySign', 'Save', 'Draft', 'Submit', 'Audit', 'UnAudit', 'Delete'],
  ...['CancelAssign', 'View', 'ExecuteBillQuery', 'BillQuery', 'Push', 'QueryBusinessInfo', 'ExcuteOperation'],
];

/** The operation a path asks for, in its documented spelling; `unknown` for others. Names are taken whatever their case. */
export function operationOf({ path }: SandboxRequest): string {
  const method = SERVICE.exec(path)?.[3]?.toLowerCase();
  return OPERATIONS.find((name) => name.toLowerCase() === method) ?? 'unknown';
}

/** Kingdee Cloud Galaxy's WebAPI as kingdee.md describes it, quirks included. */
export class Galaxy implements Workplace {
  readonly settings: KingdeeSandboxSettings;
  readonly store: DocumentStore;
  readonly faults: Faults;
  readonly authentication: Authentication;
  closedPeriods: Set<string>;
  readonly downstream = new Set<string>();
  readonly baseData: BaseDataStore;

  constructor(settings: KingdeeSandboxSettings, store: DocumentStore, faults: Faults) {
    this.settings = settings;
    this.store = store;
    this.faults = faults;
    this.baseData = store.baseData;
    this.authentication = new Authentication(settings);
    this.closedPeriods = new Set(settings.closedPeriods);
  }

  /** Answers a call. `fault` is one of this product's own kinds, see README. */
  async execute(request: SandboxRequest, operation: string, fault: FaultRule | undefined): Promise<SandboxReply> {
    if (operation === 'unknown') return responseError('未找到服务或方法');
    if (fault === undefined) return this.#answer(request, operation);
    const executed = fault.executed === true ? await this.#answer(request, operation) : undefined;
    const coded = /^msgCode(\d+)$/.exec(fault.kind)?.[1];
    if (coded !== undefined) return refusalReply(operation, new GalaxyRefusal(Number(coded), wordsOf(Number(coded))));
    switch (fault.kind) {
      case 'sessionLost':
        this.authentication.expireSessions();
        return refusalReply(operation, SESSION_LOST);
      case 'responseError':
        return responseError('未将对象引用设置到对象的实例。');
      case 'gateway519':
        return {
          status: 519,
          body: JSON.stringify({ errcode: 4006, description: 'timestamp expired', description_cn: '时间戳过期' }),
        };
      case 'emptyResult':
        return reply({ Result: {} });
      case 'noRows':
        return withoutRows(executed ?? (await this.#answer(request, operation)));
      case 'lagging':
        return this.#answer(request, operation, fault.delayMs);
      case 'executeTwice':
        await this.#answer(request, operation);
        return executed ?? this.#answer(request, operation);
      default:
        return responseError(`sandbox: fault kind "${fault.kind}" is not known`);
    }
  }

  /** Back to how it was started, with no document left. */
  async reset(): Promise<void> {
    this.authentication.expireSessions();
    this.closedPeriods = new Set(this.settings.closedPeriods);
    this.downstream.clear();
    await this.store.reset();
  }

  /** `lagMs`: a query does not see what was made within that time. */
  async #answer(request: SandboxRequest, operation: string, lagMs = 0): Promise<SandboxReply> {
    try {
      const envelope = openEnvelope(request.body);
      if (this.authentication.isLogin(operation)) return this.authentication.login(operation, envelope);
      const user = this.authentication.authenticate(request);
      return await this.#perform(operation, { ...callOf(operation, envelope), user, lagMs });
    } catch (error) {
      if (error instanceof GalaxyRefusal) return refusalReply(operation, error);
      if (!(error instanceof UnreadableBody)) throw error;
      return { status: 500, body: error.message, headers: { 'content-type': 'text/plain; charset=utf-8' } };
    }
  }

  async #perform(operation: string, call: Call & { user: string; lagMs: number }): Promise<SandboxReply> {
    const { formId, opNumber, data, user, lagMs } = call;
    // Base data is a form too, but only queries know it here.
    if (operation === 'ExecuteBillQuery') return reply(this.#query(data, lagMs).rows);
    if (operation === 'BillQuery') return this.#billQuery(data, lagMs);
    const form = formSpec(this.store, formId);
    const request: Request = { user, form, data };
    switch (operation) {
      case 'Save':
        return saveReply(await save(request, this, 'saved'));
      case 'Draft':
        return saveReply(await save(request, this, 'draft'));
      case 'View':
        return reply({ Result: { ResponseStatus: successStatus([]), Result: view(request, this) } });
      case 'Push':
        return this.#push(request);
      case 'QueryBusinessInfo':
        return reply({ Result: { ResponseStatus: successStatus([]), NeedReturnData: businessInfo(form) } });
      default:
        return this.#transition(operation === 'ExcuteOperation' ? opNumber : operation, request);
    }
  }

  #query(data: Request['data'], lagMs: number) {
    const { utcOffsetMinutes } = this.settings;
    return runQuery(data, this.store, { utcOffsetMinutes, madeUntil: Date.now() - lagMs });
  }

  #billQuery(data: Request['data'], lagMs: number): SandboxReply {
    if (!this.settings.billQuery) return responseError('未找到方法BillQuery');
    const { keys, rows } = this.#query(data, lagMs);
    return reply(rows.map((row) => Object.fromEntries(row.map((value, at) => [keys[at], value]))));
  }

  async #transition(operation: string, request: Request): Promise<SandboxReply> {
    if (!isTransition(operation)) throw new GalaxyRefusal(3, `操作${operation}不存在`);
    const { done, refusal } = await transition(operation, request, this);
    return reply({ Result: { ResponseStatus: refusal ? failureStatus(refusal, done) : successStatus(done) } });
  }

  async #push(request: Request): Promise<SandboxReply> {
    try {
      const bills = await push(request, this);
      return reply({ Result: this.#pushResult(successStatus(bills), successStatus([])) });
    } catch (error) {
      if (!(error instanceof GalaxyRefusal)) throw error;
      const status = failureStatus(new GalaxyRefusal(error.msgCode, []));
      return reply({ Result: this.#pushResult(status, failureStatus(error)) });
    }
  }

  #pushResult(saving: object, conversion: object): object {
    const place = this.settings.convertStatus;
    if (place === 'inside') return { ResponseStatus: { ...saving, ConvertResponseStatus: [conversion] } };
    return { ResponseStatus: saving, ConvertResponseStatus: place === 'sibling' ? conversion : [conversion] };
  }
}

function saveReply(document: StoredDocument): SandboxReply {
  const status = successStatus([document]) as { SuccessEntitys: [{ Id: unknown }] };
  return reply({
    Result: { ResponseStatus: status, Id: status.SuccessEntitys[0].Id, Number: document.number, NeedReturnData: [{}] },
  });
}

/** The same answer, with nothing said about any row (F19). */
function withoutRows(answer: SandboxReply): SandboxReply {
  return { ...answer, body: String(answer.body).replace(/"SuccessEntitys":\[.*?\]/, '"SuccessEntitys":[]') };
}

/** Words of kingdee.md §3 for a code that a fault brings about. */
function wordsOf(msgCode: number): string {
  const words: Readonly<Record<number, string>> = {
    2: '您没有该单据的操作权限，请联系系统管理员',
    4: '未将对象引用设置到对象的实例。',
    6: '数据库操作失败',
    7: '许可错误',
    11: '插件取消了保存操作',
    13: '与用户“出纳”的操作冲突，请稍候再使用',
    14: '调用次数超过限制',
    15: '禁止管理员登录',
  };
  return words[msgCode] ?? `错误${msgCode}`;
}
