export { type Fault, SandboxControl } from './control.js';
export { type DingtalkCallback, type DingtalkInstance, DingtalkSandboxControl } from './dingtalk.js';
export { type KingdeeDocument, KingdeeSandboxControl } from './kingdee.js';
