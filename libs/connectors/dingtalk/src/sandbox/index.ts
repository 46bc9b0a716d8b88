import { type SandboxDescription, sandboxStart } from '@voucherline/connector-kit/sandbox';
import { execute, operationOf } from './api/index.js';
import { refusalReply, wrapped } from './api/reply.js';
import { controlRoutes } from './control.js';
import { Dingtalk } from './dingtalk.js';
import { InstanceStore } from './instances/instance-store.js';
import { DEFAULT_SETTINGS, type DingtalkSandboxSettings } from './settings.js';

export type { DingtalkSandboxSettings };

const product = 'dingtalk';

export const sandboxDescription: SandboxDescription = {
  product,
  defaultSettings: { ...DEFAULT_SETTINGS },
  describe:
    'DingTalk approvals: old API (gettoken, processinstance/get, listids, create, comment …) and signed callbacks with retries. ' +
    'Submit: POST /_sandbox/instances {"processCode":"PROC-PAY","form":[{"name":"付款金额","value":"1280.50"}]}; ' +
    'then POST /_sandbox/instances/<id>/approve. Point callbacks: POST /_sandbox/callback {"url":"http://…"}. ' +
    'Contacts: GET and POST /_sandbox/contacts {"departments":[…],"users":[…]}.',
};

/**
 * Starts a DingTalk on this machine. Its instances are in `<dataDir>/dingtalk.jsonl` (forms `instance` and `comment`), and
 * there again after a restart.
 */
export const startDingtalkSandbox = sandboxStart(product, DEFAULT_SETTINGS, async ({ settings, bookPath, faults }) => {
  const dingtalk = new Dingtalk(settings, await InstanceStore.open(bookPath), faults);
  return {
    operationOf,
    execute: (request, _operation, fault) => execute(dingtalk, request, fault),
    refuse: () => refusalReply(wrapped('60011', '应用尚未开通所需的权限: [qyapi_aflow]')),
    throttle: () => refusalReply(dingtalk.limits.tooFast()),
    control: controlRoutes(dingtalk),
    reset: () => dingtalk.reset(),
    close: () => dingtalk.close(),
  };
});
