export { Book, type BookLine, readBook } from './book.js';
export { type ControlCall, ControlRefusal, type ControlRoutes } from './control.js';
export type { SandboxReply, SandboxRequest } from './exchange.js';
export { type CommonFaultKind, type FaultRule, Faults } from './faults.js';
export {
  type Sandbox,
  type SandboxDescription,
  type SandboxOptions,
  type SandboxProduct,
  startSandboxServer,
} from './server.js';
export { type BookedSandbox, type SandboxMakings, sandboxStart } from './start.js';
