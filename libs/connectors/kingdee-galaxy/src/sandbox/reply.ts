import type { SandboxReply } from '@voucherline/connector-kit/sandbox';
import type { StoredDocument } from './documents/document.js';
import { jsonNumber } from './json.js';

/** One line of `Errors`. */
export interface ErrorRow {
  readonly FieldName: string | null;
  readonly Message: string;
  readonly DIndex: number;
}

/** An operation says no: `MsgCode` and words of kingdee.md §3. */
export class GalaxyRefusal extends Error {
  override readonly name = 'GalaxyRefusal';
  readonly msgCode: number;
  readonly errors: readonly ErrorRow[];

  constructor(msgCode: number, errors: string | readonly ErrorRow[], fieldName: string | null = null) {
    const rows = typeof errors === 'string' ? [{ FieldName: fieldName, Message: errors, DIndex: 0 }] : errors;
    super(rows[0]?.Message ?? `MsgCode ${msgCode}`);
    this.msgCode = msgCode;
    this.errors = rows;
  }
}

export const SESSION_LOST = new GalaxyRefusal(1, '会话信息已丢失，请重新登录');

export function successStatus(documents: readonly StoredDocument[]): object {
  const SuccessEntitys = documents.map(({ id, number }, DIndex) => ({ Id: jsonNumber(id), Number: number, DIndex }));
  return { IsSuccess: true, Errors: [], SuccessEntitys, SuccessMessages: [], MsgCode: 0 };
}

export function failureStatus({ errors, msgCode }: GalaxyRefusal, done: readonly StoredDocument[] = []): object {
  const { SuccessEntitys } = successStatus(done) as { SuccessEntitys: unknown };
  return { ErrorCode: 500, IsSuccess: false, Errors: errors, SuccessEntitys, SuccessMessages: [], MsgCode: msgCode };
}

export function reply(value: unknown): SandboxReply {
  return { body: JSON.stringify(value) };
}

/** A refusal in the shape that the operation has: queries nest it in arrays (kingdee.md §5.1). */
export function refusalReply(operation: string, refusal: GalaxyRefusal): SandboxReply {
  const result = { Result: { ResponseStatus: failureStatus(refusal) } };
  if (operation === 'ExecuteBillQuery') return reply([[result]]);
  return reply(operation === 'BillQuery' ? [result] : result);
}

/** A server exception: no JSON, but a body that begins so (kingdee.md §1). */
export function responseError(words: string): SandboxReply {
  const error = { Message: words, InnerExWrapper: { Message: words } };
  return { body: `response_error:${JSON.stringify(error)}` };
}
