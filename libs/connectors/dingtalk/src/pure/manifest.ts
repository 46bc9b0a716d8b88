import { type ConnectorManifest, masterDataSetting } from '@voucherline/connector-kit';
import { MASTER_DATA_KINDS } from './master-data-kinds.js';

/** What a connection to DingTalk needs; its account is the corp id. Limits are those of the standard edition (dingtalk.md §10). */
export const manifest: ConnectorManifest = {
  product: 'dingtalk',
  title: { en: 'DingTalk', zh: '钉钉' },
  settings: [
    {
      name: 'baseUrl',
      label: { en: 'API address', zh: '接口地址' },
      description: 'Host of the old API, which reads approval instances.',
      type: 'string',
      required: false,
      default: 'https://oapi.dingtalk.com',
      pattern: 'https?://[^/?#]+',
    },
    {
      name: 'appKey',
      label: { en: 'App key (client id)', zh: 'AppKey（ClientId）' },
      description: 'Of the internal app, from its "credentials" page.',
      type: 'string',
      required: true,
      pattern: '[A-Za-z0-9]{1,64}',
    },
    {
      name: 'processCodes',
      label: { en: 'Process codes', zh: '审批模板编码' },
      description: 'Approval forms (PROC-…) to read. Callbacks of other forms are kept, but nothing is read for them.',
      type: 'string[]',
      required: true,
      pattern: '[A-Za-z0-9_-]{1,128}',
    },
    {
      name: 'allowedOwnerKeys',
      label: { en: 'Owner keys of callbacks', zh: '回调的 ownerKey' },
      description: 'Only when callbacks are refused with reason "receiver": default are the app key and the corp id.',
      type: 'string[]',
      required: false,
      pattern: '[A-Za-z0-9]{1,64}',
    },
    {
      name: 'commentUserId',
      label: { en: 'User who comments', zh: '评论人 userId' },
      description: 'In whose name voucher numbers are written onto approvals; leave out to write nothing back.',
      type: 'string',
      required: false,
      pattern: '[A-Za-z0-9_-]{1,64}',
    },
    masterDataSetting(MASTER_DATA_KINDS),
  ],
  masterData: MASTER_DATA_KINDS,
  secrets: [
    {
      name: 'appSecret',
      label: { en: 'App secret', zh: 'AppSecret' },
      description: 'Of the internal app, from its "credentials" page.',
      type: 'string',
      required: true,
      pattern: '[A-Za-z0-9_-]{8,128}',
    },
    {
      name: 'callbackToken',
      label: { en: 'Callback token', zh: '签名 token' },
      description: 'From the app\'s "events and callbacks" page. Change it together with the AES key.',
      type: 'string',
      required: true,
      pattern: '[A-Za-z0-9]{3,63}',
    },
    {
      name: 'callbackAesKey',
      label: { en: 'Callback AES key', zh: '加密 aes_key' },
      description: 'From the app\'s "events and callbacks" page: 43 letters and digits.',
      type: 'string',
      required: true,
      pattern: '[A-Za-z0-9]{43}',
    },
  ],
  limits: { perSecond: 20, perMonth: 5_000, concurrency: 8 },
};
