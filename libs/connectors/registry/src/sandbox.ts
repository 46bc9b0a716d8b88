import * as dingtalk from '@voucherline/connector-dingtalk/sandbox';
import * as kingdeeGalaxy from '@voucherline/connector-kingdee-galaxy/sandbox';
import type { Sandbox, SandboxDescription, SandboxOptions } from '@voucherline/connector-kit/sandbox';

/** A vendor's API that can be run on this machine. */
export interface RunnableSandbox extends SandboxDescription {
  start(options: SandboxOptions): Promise<Sandbox>;
}

/** Every sandbox there is. */
export const sandboxes: readonly RunnableSandbox[] = [
  { ...dingtalk.sandboxDescription, start: dingtalk.startDingtalkSandbox },
  { ...kingdeeGalaxy.sandboxDescription, start: kingdeeGalaxy.startKingdeeSandbox },
];
