import { randomBytes } from 'node:crypto';
import type { SandboxReply } from '@voucherline/connector-kit/sandbox';

/** A refusal of the old API: HTTP 200 with a code (dingtalk.md §10). */
export class VendorRefusal extends Error {
  override readonly name = 'VendorRefusal';
  readonly code: number;
  /** Code inside the wrapper 88. */
  readonly subCode: string | undefined;

  constructor(code: number, message: string, subCode?: string) {
    super(message);
    this.code = code;
    this.subCode = subCode;
  }
}

/** A refusal as gateway errors are said: errcode 88 with the real code inside. */
export function wrapped(subCode: string, message: string): VendorRefusal {
  return new VendorRefusal(88, message, subCode);
}

/** An answer of the old API. */
export function oldReply(members: object): SandboxReply {
  return { body: JSON.stringify({ errcode: 0, errmsg: 'ok', ...members, request_id: randomBytes(6).toString('hex') }) };
}

export function refusalReply({ code, subCode, message }: VendorRefusal): SandboxReply {
  if (subCode === undefined) return oldReply({ errcode: code, errmsg: message });
  return oldReply({
    errcode: code,
    sub_code: subCode,
    sub_msg: message,
    errmsg: `ding talk error[subcode=${subCode},submsg=${message}]`,
  });
}
