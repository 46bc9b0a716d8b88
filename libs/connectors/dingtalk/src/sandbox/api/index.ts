import type { FaultRule, SandboxReply, SandboxRequest } from '@voucherline/connector-kit/sandbox';
import type { Dingtalk } from '../dingtalk.js';
import { NEW_CALLS } from './new-api.js';
import { getToken, OLD_CALLS, oldCall } from './old-api.js';
import { refusalReply, VendorRefusal, wrapped } from './reply.js';

/** The name of a call, as faults and counts have it: `gettoken`, `get`, `listids`, `comment` … */
export function operationOf({ path }: SandboxRequest): string {
  if (path === '/gettoken') return 'gettoken';
  return OLD_CALLS[path]?.name ?? NEW_CALLS[path]?.name ?? 'unknown';
}

/**
 * Executes a call of either API, both on this one port. Faults of the product are `code:<errcode>` and `sub:<sub_code>` (a
 * refusal with that code) and `blocked` (the page in front of the API shuts the address out).
 */
export async function execute(dingtalk: Dingtalk, request: SandboxRequest, fault?: FaultRule): Promise<SandboxReply> {
  const [kind, code = ''] = (fault?.kind ?? '').split(':');
  if (kind === 'code') return refusalReply(new VendorRefusal(Number(code), `sandbox fault ${code}`));
  if (kind === 'sub') return refusalReply(wrapped(code, `sandbox fault ${code}`));
  if (kind === 'blocked') return blocked;
  try {
    if (request.path === '/gettoken') return getToken(dingtalk, request);
    const call = NEW_CALLS[request.path];
    if (call !== undefined) return await call.run(dingtalk, request);
    if (request.path.startsWith('/v1.0/')) return { status: 404, body: '{"errcode":404}' };
    return await oldCall(dingtalk, request);
  } catch (error) {
    if (error instanceof VendorRefusal) return refusalReply(error);
    throw error;
  }
}

const blocked: SandboxReply = {
  body: JSON.stringify({ status: 1111, wait: 5, source: 'x5', punish: 'deny', uuid: '0a1b2c3d' }),
};
