import { type SandboxDescription, sandboxStart } from '@voucherline/connector-kit/sandbox';
import { BaseDataStore } from './base-data.js';
import { controlRoutes } from './control.js';
import { DocumentStore } from './documents/index.js';
import { formsWith } from './forms.js';
import { Galaxy, operationOf } from './galaxy.js';
import { GalaxyRefusal, refusalReply } from './reply.js';
import { DEFAULT_SETTINGS, type KingdeeSandboxSettings } from './settings.js';

export type { KingdeeSandboxSettings };

const product = 'kingdee-galaxy';

export const sandboxDescription: SandboxDescription = {
  product,
  defaultSettings: { ...DEFAULT_SETTINGS },
  describe:
    'Kingdee Cloud Galaxy WebAPI: payment applications (CN_PAYAPPLY), payment bills (AP_PAYBILL), vouchers (GL_VOUCHER). ' +
    'Make an application: POST /_sandbox/payapply {"amount":"1280.50"}. See what stands: GET /_sandbox/documents?form=AP_PAYBILL.',
};

/** Starts a Galaxy on this machine. What it accepted is in `<dataDir>/kingdee-galaxy.jsonl`, and there again after a restart. */
export const startKingdeeSandbox = sandboxStart(product, DEFAULT_SETTINGS, async ({ settings, bookPath, faults }) => {
  const { firstId, keyField } = settings;
  const store = await DocumentStore.open(bookPath, formsWith(keyField), {
    ...{ firstId, keyField },
    baseData: new BaseDataStore(settings.baseData),
  });
  const galaxy = new Galaxy(settings, store, faults);
  return {
    operationOf,
    execute: (request, operation, fault) => galaxy.execute(request, operation, fault),
    refuse: (operation) => refusalReply(operation, new GalaxyRefusal(11, '插件取消了保存操作')),
    throttle: (operation) => refusalReply(operation, new GalaxyRefusal(14, '调用次数超过限制')),
    control: controlRoutes(galaxy),
    reset: () => galaxy.reset(),
    close: () => store.close(),
  };
});
