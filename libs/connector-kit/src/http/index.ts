export { BlockedAddressError, isBlockedAddress } from './address-policy.js';
export { createHttpClient, type HttpClient, type HttpClientOptions } from './client.js';
export { type HttpRequest, HttpRequestError } from './request.js';
export type {
  HttpNotSent,
  HttpResponse,
  HttpResponseHeaders,
  HttpResult,
  HttpUnknown,
  NotSentReason,
  UnknownReason,
} from './result.js';
