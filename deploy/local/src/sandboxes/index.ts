export { type Fault, SandboxControl } from './control.js';
export { type KingdeeDocument, KingdeeSandboxControl } from './kingdee.js';
