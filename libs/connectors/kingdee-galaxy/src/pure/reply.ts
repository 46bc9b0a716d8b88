import type { KingdeeRefusal } from './error-table.js';
import { asList, asText, isObject, type Json } from './lossless-json.js';

/** A document that Kingdee says it did something to. */
export interface Entity {
  readonly id: string;
  readonly number: string;
}

/** A ResponseStatus (kingdee.md §3). */
export interface ResponseStatus {
  readonly isSuccess: boolean;
  readonly refusal: KingdeeRefusal;
  readonly entities: readonly Entity[];
}

/** `Result.ResponseStatus` of a reply; undefined when the reply has none that can be read. */
export function responseStatus(reply: Json): ResponseStatus | undefined {
  const result = isObject(reply) ? reply.Result : undefined;
  return isObject(result) ? statusOf(result.ResponseStatus) : undefined;
}

/**
 * The conversion statuses of a Push: an object or an array beside ResponseStatus, or an array inside it (kingdee.md §4.4,
 * placement unconfirmed).
 */
export function convertStatuses(reply: Json): readonly ResponseStatus[] {
  const result = isObject(reply) ? reply.Result : undefined;
  if (!isObject(result)) return [];
  const inside = isObject(result.ResponseStatus) ? result.ResponseStatus.ConvertResponseStatus : undefined;
  return [result.ConvertResponseStatus, inside]
    .flatMap((found) => (Array.isArray(found) ? (found as readonly Json[]) : [found ?? null]))
    .map(statusOf)
    .filter((status) => status !== undefined);
}

/** The refusal that a query nests two arrays deep (kingdee.md §5.1), or brings as other operations do; undefined for rows. */
export function queryRefusal(reply: Json): ResponseStatus | undefined {
  const [first] = asList(reply) ?? [];
  const [inner] = asList(first) ?? [first];
  return responseStatus(inner ?? null) ?? responseStatus(reply);
}

function statusOf(value: Json | undefined): ResponseStatus | undefined {
  if (!isObject(value)) return undefined;
  const success = asText(value.IsSuccess)?.toLowerCase();
  if (success !== 'true' && success !== 'false') return undefined;
  const words = (asList(value.Errors) ?? []).flatMap((row) => (isObject(row) ? (asText(row.Message) ?? []) : []));
  const entities = (asList(value.SuccessEntitys) ?? []).flatMap((row) => {
    const id = isObject(row) ? asText(row.Id) : undefined;
    return id === undefined || !isObject(row) ? [] : [{ id, number: asText(row.Number) ?? '' }];
  });
  return { isSuccess: success === 'true', refusal: { msgCode: Number(asText(value.MsgCode) ?? 0), words }, entities };
}
