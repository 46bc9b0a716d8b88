import {
  type AnyMessage,
  type ConnectionContent,
  decode,
  encode,
  type FormField,
  type MessageTypes,
  topicOf,
} from '@voucherline/contracts';
import { checkFlow, faultText, type PublishableFlow, type TableFile } from '@voucherline/mapping';
import { MemoryBroker, MemoryLog, masterDataMessages, shardOf } from '@voucherline/pipeline';
import type { CommandContext } from '../command.js';

const SHARDS = 3;

/** A person's desk: a log in memory with what stands on it, and what commands say to the person. */
export class Desk {
  readonly lines: string[] = [];
  readonly notes: string[] = [];
  readonly log = new MemoryLog({ shards: SHARDS });
  readonly context: CommandContext;
  #messages = 0;

  constructor(env: CommandContext['env'] = {}) {
    const broker = new MemoryBroker(this.log);
    this.context = {
      ...{ env, signal: new AbortController().signal, broker: async () => broker },
      say: (line) => void this.lines.push(line),
      note: (line) => void this.notes.push(line),
    };
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Puts a message onto the log. */
  tell<T extends keyof MessageTypes>(type: T, key: string, data: MessageTypes[T], time = '2026-11-20T02:00:00Z'): void {
    this.append({ id: `m${++this.#messages}`, source: 'test', type, key, time, data } as unknown as AnyMessage);
  }

  append(message: AnyMessage): void {
    const topic = topicOf(message.type);
    const keyed = !topic.startsWith('configuration') && !topic.startsWith('operations.actions');
    const partition = keyed ? shardOf(message.key, SHARDS) : 0;
    this.log.append([{ topic, partition, record: encode(message) }]);
  }

  partitionOf(key: string): number {
    return shardOf(key, SHARDS);
  }

  published(): readonly AnyMessage[] {
    return this.log.partition('configuration.published.v1', 0).map(decode);
  }

  connect(name: string, product: string, settings: ConnectionContent['settings'] = {}): void {
    const limits = { perSecond: 1, concurrency: 1 };
    const content = { name, product, account: 'a1', timeZone: 'Asia/Shanghai', settings, secrets: {}, limits };
    this.tell('ConnectionPublished', name, { name, hash: name, content });
  }

  publish({ flow, hash, content }: PublishableFlow): void {
    this.tell('FlowPublished', flow.name, { name: flow.name, hash, content });
  }

  masterData(table: string, rows: Parameters<typeof masterDataMessages>[1]): void {
    for (const message of masterDataMessages(table, rows)) this.append(message);
  }

  /** An approval of the claim flow, approved with this form. */
  approve(id: string, form: readonly FormField[], at = '2026-11-20T02:00:00Z', kind = 'CLAIM'): void {
    this.tell('ApprovalApproved', approvalKey(id), { ...head(id, kind), approvedAt: at, form }, at);
  }

  amend(id: string, form: readonly FormField[], at: string): void {
    this.tell('ApprovalAmended', approvalKey(id), { ...head(id, 'CLAIM'), amendedAt: at, form }, at);
  }
}

export const approvalKey = (id: string): string => `dingtalk/a1/approval/${id}`;

function head(id: string, kind: string) {
  const originator = { userId: 'u1', departmentId: '2', departmentName: '研发部' };
  return { connection: 'oa', kind, businessId: `2026-${id}`, title: '报销', originator };
}

/** A form of the claim flow: rows of category and amount. */
export function claimForm(...rows: readonly (readonly [string, string])[]): readonly FormField[] {
  const text = (name: string, value: string | null): FormField => ({ id: name, name, type: 'TextField', value });
  const table = rows.map(([category, amount]) => [text('费用类型', category), text('金额', amount)]);
  return [text('事由', '差旅'), { id: '明细', name: '明细', type: 'TableField', value: null, rows: table }];
}

/** An expense claim with a code table and a department of master data. */
export const CLAIM = `name: claim
title: { en: Claim, zh: 报销 }
source: { connection: oa, kinds: [CLAIM] }
voucher: { name: claim-voucher, target: erp, operation: save-gl-voucher, patience: 72h }
let:
  total: =sum([明细], [金额])
accountingDate: =approval.approvedOn
amount: =total
currency: CNY
payload:
  accountBook: "001"
  voucherGroup: PRE001
  explanation: ="报销 " & [事由]
  entries:
    - $rows: =[明细]
      account: =lookup("accounts", "account", "category", [费用类型])
      dimensions: { FFLEX5: '=lookup("erp/departments", "code", "name", originator.departmentName)' }
      currency: CNY
      debit: =money([金额])
    - { account: "2241", currency: CNY, credit: =money(total) }
`;

export const ACCOUNTS = 'category,account,valid_from\n交通,6601.01,2026-01-01\n住宿,6601.02,\n';

export const tables = (accounts = ACCOUNTS): readonly TableFile[] => [
  { name: 'accounts', file: 'accounts.csv', text: accounts },
];

/** A flow that is right. @throws {Error} when it is not */
export function flowOf(text = CLAIM, files = tables()): PublishableFlow {
  const checked = checkFlow(text, 'flow.yaml', files);
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return checked.value;
}
