import { join } from 'node:path';
import {
  type FaultRule,
  Faults,
  type Sandbox,
  type SandboxDescription,
  type SandboxOptions,
  startSandboxServer,
} from '@voucherline/connector-kit/sandbox';
import { BaseDataStore } from './base-data.js';
import { controlRoutes } from './control.js';
import { DocumentStore } from './documents/index.js';
import { formsWith } from './forms.js';
import { Galaxy, operationOf } from './galaxy.js';
import { GalaxyRefusal, refusalReply } from './reply.js';
import { DEFAULT_SETTINGS, type KingdeeSandboxSettings, settingsFrom } from './settings.js';

export type { KingdeeSandboxSettings };

/** A running sandbox; `bookPath` is its book, for `readBook`. */
export interface KingdeeSandbox extends Sandbox {
  readonly bookPath: string;
}

export const sandboxDescription: SandboxDescription = {
  product: 'kingdee-galaxy',
  defaultSettings: { ...DEFAULT_SETTINGS },
  describe:
    'Kingdee Cloud Galaxy WebAPI: payment applications (CN_PAYAPPLY), payment bills (AP_PAYBILL), vouchers (GL_VOUCHER). ' +
    'Make an application: POST /_sandbox/payapply {"amount":"1280.50"}. See what stands: GET /_sandbox/documents?form=AP_PAYBILL.',
};

/** Starts a Galaxy on this machine. What it accepted is in `<dataDir>/kingdee-galaxy.jsonl`, and there again after a restart. */
export async function startKingdeeSandbox(options: SandboxOptions): Promise<KingdeeSandbox> {
  const settings = settingsFrom(options.settings);
  const bookPath = join(options.dataDir, 'kingdee-galaxy.jsonl');
  const { firstId, keyField } = settings;
  const store = await DocumentStore.open(bookPath, formsWith(keyField), {
    ...{ firstId, keyField },
    baseData: new BaseDataStore(settings.baseData),
  });
  const faults = new Faults(settings.faults as unknown as FaultRule[]);
  const galaxy = new Galaxy(settings, store, faults);
  const sandbox = await startSandboxServer(
    {
      faults,
      operationOf,
      execute: (request, operation, fault) => galaxy.execute(request, operation, fault),
      refuse: (operation) => refusalReply(operation, new GalaxyRefusal(11, '插件取消了保存操作')),
      throttle: (operation) => refusalReply(operation, new GalaxyRefusal(14, '调用次数超过限制')),
      control: controlRoutes(galaxy),
      reset: async () => {
        galaxy.authentication.expireSessions();
        galaxy.closedPeriods = new Set(settings.closedPeriods);
        await store.reset();
      },
      close: () => store.close(),
    },
    options.port,
    options.host,
  );
  return { ...sandbox, bookPath };
}
