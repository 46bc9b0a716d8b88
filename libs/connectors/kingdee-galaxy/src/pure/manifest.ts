import { type ConnectorManifest, masterDataSetting } from '@voucherline/connector-kit';
import { MASTER_DATA_KINDS } from './master-data-kinds.js';

/** What a connection to Kingdee Cloud Galaxy needs; its account is the id of the account set (acctId). */
export const manifest: ConnectorManifest = {
  product: 'kingdee-galaxy',
  title: { en: 'Kingdee Cloud Galaxy', zh: '金蝶云星空' },
  settings: [
    {
      name: 'baseUrl',
      label: { en: 'Server address', zh: '服务器地址' },
      description: 'Address of the product, as in the browser: https://<host>/k3cloud.',
      type: 'string',
      required: true,
      pattern: 'https?://[^/?#]+(/[^?#]*)?',
    },
    {
      name: 'authentication',
      label: { en: 'Authentication', zh: '认证方式' },
      description: 'Signature (PT136657 or later): no session that can be lost. Session: logs in and keeps a cookie.',
      type: 'choice',
      choices: ['signature', 'session'],
      required: false,
      default: 'signature',
    },
    {
      name: 'userName',
      label: { en: 'Integration user', zh: '集成用户' },
      description:
        'In whose name documents are made. Nobody else may use it: by it our documents are told from others.',
      type: 'string',
      required: true,
      pattern: '[^,]{1,100}',
    },
    {
      name: 'creatorName',
      label: { en: 'Name of the integration user', zh: '集成用户姓名' },
      description: 'As documents show their creator (FCreatorId.FName), where it is not the user name.',
      type: 'string',
      required: false,
    },
    {
      name: 'appId',
      label: { en: 'App id', zh: '应用ID' },
      description: 'Of the third-party login authorisation. Needed unless a session logs in by password.',
      type: 'string',
      required: false,
      pattern: '[\\x21-\\x7e]{3,200}',
    },
    {
      name: 'lcid',
      label: { en: 'Language', zh: '语言' },
      description: '2052 simplified Chinese, 3076 traditional Chinese, 1033 English: the language of refusals.',
      type: 'choice',
      choices: ['2052', '3076', '1033'],
      required: false,
      default: '2052',
    },
    {
      name: 'orgNum',
      label: { en: 'Organisation', zh: '组织编码' },
      description: 'Number of the organisation to work in, with signatures; 0 (and sessions): that of the user.',
      type: 'string',
      required: false,
      default: '0',
      pattern: '[^,]{1,80}',
    },
    {
      name: 'keyField',
      label: { en: 'Key field', zh: '关键字字段' },
      description:
        'Custom text field (40 characters or more) on AP_PAYBILL and GL_VOUCHER that carries the voucher key.',
      type: 'string',
      required: false,
      default: 'F_VL_KEY',
      pattern: 'F_[A-Za-z0-9_]{1,60}',
    },
    {
      name: 'currencies',
      label: { en: 'Currencies', zh: '币别' },
      description: 'Number of each currency of the account set and its ISO code; PRE001=CNY unless given.',
      type: 'string[]',
      required: false,
      pattern: '[A-Za-z0-9_.-]{1,50}=[A-Z]{3}',
    },
    {
      name: 'bookCurrency',
      label: { en: 'Book currency', zh: '本位币' },
      description: 'ISO code of the currency in which account books add up debit and credit.',
      type: 'string',
      required: false,
      default: 'CNY',
      pattern: '[A-Z]{3}',
    },
    masterDataSetting(MASTER_DATA_KINDS),
  ],
  masterData: MASTER_DATA_KINDS,
  secrets: [
    {
      name: 'appSecret',
      label: { en: 'App secret', zh: '应用密钥' },
      description: 'Of the third-party login authorisation. Needed unless a session logs in by password.',
      type: 'string',
      required: false,
    },
    {
      name: 'password',
      label: { en: 'Password', zh: '密码' },
      description: 'Of the integration user; only for sessions without an app.',
      type: 'string',
      required: false,
    },
  ],
  // No limit is documented (kingdee.md §6.8); integrations are licensed by concurrency.
  limits: { perSecond: 10, concurrency: 4 },
};
