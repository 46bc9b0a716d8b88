import { SandboxControl } from './control.js';

/** An approval instance as the DingTalk sandbox sums it up. */
export interface DingtalkInstance {
  readonly id: string;
  readonly processCode: string;
  readonly businessId: string;
  readonly title: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'TERMINATED';
  readonly result: '' | 'agree' | 'refuse';
}

/** One event and what became of its callback. */
export interface DingtalkCallback {
  readonly event: {
    readonly event: string;
    readonly type: string;
    readonly instanceId: string;
    /** What was encrypted. */
    readonly payload: Readonly<Record<string, unknown>>;
  };
  readonly state: 'waiting' | 'acknowledged' | 'failed' | 'dropped' | 'unsent';
  readonly tries: readonly {
    readonly at: number;
    readonly kind: string;
    readonly outcome: string;
    readonly status?: number;
  }[];
}

type Texts = Readonly<Record<string, string>>;

/** Texts by the name of their field; rows of texts for a detail table. */
type Form = Readonly<Record<string, string | readonly Texts[]>>;

function fieldsOf(form: Form): readonly object[] {
  return Object.entries(form).map(([name, value]) => {
    if (typeof value === 'string') return { name, value };
    const rows = value.map((row) => Object.entries(row).map(([column, text]) => ({ name: column, value: text })));
    return { name, componentType: 'TableField', value: JSON.stringify(rows) };
  });
}

/** What people do in the DingTalk of the sandbox. */
export class DingtalkSandboxControl extends SandboxControl {
  /** Somebody submits a form. */
  submit(request: { processCode: string; title: string; form: Form }): Promise<DingtalkInstance> {
    return this.post('/instances', { ...request, form: fieldsOf(request.form) });
  }

  /** Many approved instances at once, without a single callback: as after a long outage. `{n}` in texts is the number of each. */
  async approvedUnheard(many: { n: number; processCode: string; form: Form }): Promise<readonly string[]> {
    const form = fieldsOf(many.form);
    const { ids } = await this.post<{ ids: readonly string[] }>('/bulk', { ...many, form, callbacks: 'none' });
    return ids;
  }

  /** The approver agrees, which ends the instance. */
  agree(instance: string): Promise<DingtalkInstance> {
    return this.post(`/instances/${instance}/approve`);
  }

  refuse(instance: string): Promise<DingtalkInstance> {
    return this.post(`/instances/${instance}/refuse`);
  }

  /** The originator withdraws it. */
  terminate(instance: string): Promise<DingtalkInstance> {
    return this.post(`/instances/${instance}/terminate`);
  }

  /** Somebody changes the form of an instance. DingTalk tells nobody. */
  async amend(instance: string, form: Form): Promise<void> {
    await this.post(`/instances/${instance}/amend`, { form: fieldsOf(form) });
  }

  /** An approved instance is revoked, by another instance that is approved at once; gives that one. */
  revoke(instance: string): Promise<DingtalkInstance> {
    return this.post(`/instances/${instance}/revoke`, { reason: '重复申请' });
  }

  /** Texts of the comments on an instance. */
  async comments(instance: string): Promise<readonly string[]> {
    const comments = await this.get<readonly { text: string }[]>(`/instances/${instance}/comments`);
    return comments.map(({ text }) => text);
  }

  /** Every access token that DingTalk has given out ends. */
  async expireTokens(): Promise<void> {
    await this.post('/tokens/expire');
  }

  /** Where callbacks go from now on. */
  async callBackTo(url: string): Promise<void> {
    await this.post('/callback', { url });
  }

  instances(): Promise<readonly DingtalkInstance[]> {
    return this.get('/instances');
  }

  /** Events of an instance, in the order in which they happened. */
  async callbacks(instance: string): Promise<readonly DingtalkCallback[]> {
    const all = await this.allCallbacks();
    return all.filter(({ event }) => event.instanceId === instance);
  }

  allCallbacks(): Promise<readonly DingtalkCallback[]> {
    return this.get('/callbacks');
  }
}
