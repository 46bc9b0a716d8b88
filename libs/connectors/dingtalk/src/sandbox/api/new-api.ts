import { randomUUID } from 'node:crypto';
import type { SandboxReply, SandboxRequest } from '@voucherline/connector-kit/sandbox';
import type { Dingtalk } from '../dingtalk.js';

type Body = Readonly<Record<string, unknown>>;

/** The two calls of the new API that the sandbox has, by path: a token, and a comment (dingtalk.md §5, §7). */
export const NEW_CALLS: Readonly<
  Record<string, { name: string; run: (dingtalk: Dingtalk, request: SandboxRequest) => Promise<SandboxReply> }>
> = {
  '/v1.0/oauth2/accessToken': { name: 'accessToken', run: accessToken },
  '/v1.0/workflow/processInstances/comments': { name: 'newComment', run: comment },
};

async function accessToken({ settings, tokens }: Dingtalk, request: SandboxRequest): Promise<SandboxReply> {
  const { appKey, appSecret } = bodyOf(request);
  if (appKey !== settings.appKey || appSecret !== settings.appSecret) {
    return refusal('invalidClientIdOrSecret', '无效的clientId或者clientSecret');
  }
  return { body: JSON.stringify({ accessToken: tokens.issue(), expireIn: settings.tokenSeconds }) };
}

async function comment(dingtalk: Dingtalk, request: SandboxRequest): Promise<SandboxReply> {
  const token = request.headers['x-acs-dingtalk-access-token'];
  if (token === undefined)
    return refusal('AuthenticationFailed.MissingParameter', 'x-acs-dingtalk-access-token is mandatory');
  if (!dingtalk.tokens.isValid(String(token))) return refusal('InvalidAuthentication', '不合法的access_token');
  const { processInstanceId, text, commentUserId } = bodyOf(request);
  if (typeof text !== 'string' || text === '' || text.length > 1024 || typeof commentUserId !== 'string') {
    return refusal('processInstanceInvalidParameter', '参数错误');
  }
  if (dingtalk.store.get(String(processInstanceId)) === undefined)
    return refusal('processInstanceNotExist', '审批实例不存在');
  await dingtalk.comment(String(processInstanceId), { userId: commentUserId, text });
  return { body: JSON.stringify({ result: true, success: true }) };
}

function bodyOf({ body }: SandboxRequest): Body {
  try {
    return JSON.parse(body.toString('utf8')) as Body;
  } catch {
    return {};
  }
}

function refusal(code: string, message: string): SandboxReply {
  return { status: 400, body: JSON.stringify({ code, message, requestid: randomUUID() }) };
}
