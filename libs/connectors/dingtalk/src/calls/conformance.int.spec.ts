import { describeSourceCalls } from '@voucherline/connector-kit/conformance';
import { dingtalkScene } from '../fixtures/scene.js';
import { dingtalkSource } from '../pure/index.js';
import { dingtalkCalls } from './index.js';

describeSourceCalls('DingTalk', {
  calls: dingtalkCalls,
  pure: dingtalkSource,
  kind: 'PROC-PAY',
  operations: { token: 'gettoken', fetch: 'get', listPage: 'listids', addNote: 'comment' },
  unknownDocument: 'dingtalk/dingcorp0001/approval/nobody',
  start: () => dingtalkScene(),
});
