import { join } from 'node:path';
import {
  type FaultRule,
  Faults,
  type Sandbox,
  type SandboxDescription,
  type SandboxOptions,
  startSandboxServer,
} from '@voucherline/connector-kit/sandbox';
import { execute, operationOf } from './api/index.js';
import { refusalReply, wrapped } from './api/reply.js';
import { controlRoutes } from './control.js';
import { Dingtalk } from './dingtalk.js';
import { InstanceStore } from './instances/instance-store.js';
import { DEFAULT_SETTINGS, type DingtalkSandboxSettings, settingsFrom } from './settings.js';

export type { DingtalkSandboxSettings };

/** A running sandbox; `bookPath` is its book, for `readBook`: forms `instance` and `comment`. */
export interface DingtalkSandbox extends Sandbox {
  readonly bookPath: string;
}

export const sandboxDescription: SandboxDescription = {
  product: 'dingtalk',
  defaultSettings: { ...DEFAULT_SETTINGS },
  describe:
    'DingTalk approvals: old API (gettoken, processinstance/get, listids, create, comment …) and signed callbacks with retries. ' +
    'Submit: POST /_sandbox/instances {"processCode":"PROC-PAY","form":[{"name":"付款金额","value":"1280.50"}]}; ' +
    'then POST /_sandbox/instances/<id>/approve. Point callbacks: POST /_sandbox/callback {"url":"http://…"}.',
};

/** Starts a DingTalk on this machine. Its instances are in `<dataDir>/dingtalk.jsonl`, and there again after a restart. */
export async function startDingtalkSandbox(options: SandboxOptions): Promise<DingtalkSandbox> {
  const settings = settingsFrom(options.settings);
  const bookPath = join(options.dataDir, 'dingtalk.jsonl');
  const store = await InstanceStore.open(bookPath);
  const faults = new Faults(settings.faults as unknown as FaultRule[]);
  const dingtalk = new Dingtalk(settings, store, faults);
  const sandbox = await startSandboxServer(
    {
      faults,
      operationOf,
      execute: (request, _operation, fault) => execute(dingtalk, request, fault),
      refuse: () => refusalReply(wrapped('60011', '应用尚未开通所需的权限: [qyapi_aflow]')),
      throttle: () => refusalReply(dingtalk.limits.tooFast()),
      control: controlRoutes(dingtalk),
      reset: () => dingtalk.reset(),
      close: () => dingtalk.close(),
    },
    options.port,
    options.host,
  );
  return { ...sandbox, bookPath };
}
