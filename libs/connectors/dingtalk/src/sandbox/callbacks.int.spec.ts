import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RawRequest } from '@voucherline/connector-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvedFixture } from '../fixtures/connection.js';
import { type DingtalkScene, dingtalkScene, PAYMENT_FORM } from '../fixtures/scene.js';
import { dingtalkSource } from '../pure/index.js';

interface Delivery {
  readonly event: { readonly type: string; readonly event: string; readonly instanceId: string };
  readonly state: string;
  readonly tries: readonly { readonly kind: string; readonly outcome: string; readonly status?: number }[];
}

interface Seen {
  readonly accepted: boolean;
  readonly event: string;
  readonly announced?: string;
  readonly query: Readonly<Record<string, string>>;
  readonly plaintext: Readonly<Record<string, unknown>>;
}

/** What a receiver does with a call: answers as our connector does, unless a test says otherwise. */
let answerWith: ((call: number) => { status: number; body: string } | undefined) | undefined;
let receiver: Server;
let url: string;
let seen: Seen[];
let scene: DingtalkScene;

async function rawRequest(incoming: IncomingMessage): Promise<RawRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const query = Object.fromEntries(new URL(incoming.url ?? '/', 'http://x').searchParams);
  return { method: incoming.method ?? '', query, headers: {}, body: Buffer.concat(chunks) };
}

function answer(request: RawRequest): { status: number; body: string } {
  const now = Date.now();
  const verification = dingtalkSource.verify(request, resolvedFixture, now);
  if (!verification.ok) {
    seen.push({ accepted: false, event: verification.reason, query: request.query, plaintext: {} });
    return { status: 401, body: '' };
  }
  const reception = dingtalkSource.receive(verification.request, resolvedFixture);
  const plaintext = JSON.parse(verification.request.plaintext.toString()) as Record<string, unknown>;
  const announced = reception.hint?.announced;
  seen.push({
    accepted: true,
    event: reception.event,
    query: request.query,
    plaintext,
    ...(announced && { announced }),
  });
  return answerWith?.(seen.length) ?? reception.reply((bytes) => randomBytes(bytes), now);
}

beforeEach(async () => {
  seen = [];
  answerWith = undefined;
  receiver = createServer((incoming, response) => {
    void rawRequest(incoming).then((request) => {
      const { status, body } = answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/dingtalk-main`;
});

afterEach(async () => {
  await scene.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function open(settings: object = {}): Promise<void> {
  scene = await dingtalkScene({ callbackUrl: url, timeScale: 0.001, replyWithinMs: 20_000, ...settings });
}

const fault = (rule: object) => scene.control('POST', '/faults', rule);
const submit = async () =>
  String((await scene.control('POST', '/instances', { processCode: 'PROC-PAY', form: PAYMENT_FORM })).id);
const settled = async (): Promise<readonly Delivery[]> => {
  await expect.poll(() => scene.control('GET', '/callbacks/pending'), { timeout: 30_000 }).toEqual({ pending: 0 });
  return scene.control<Delivery[]>('GET', '/callbacks');
};
const instanceEvents = (deliveries: readonly Delivery[]) =>
  deliveries.filter(({ event }) => event.event === 'bpms_instance_change');

describe('callbacks', () => {
  it('check the address first, and are accepted as our connector answers', async () => {
    await open({ callbackUrl: '' });
    expect(await scene.control('POST', '/callback', { url })).toEqual({ status: 200, outcome: 'ok' });
    expect(seen.map(({ event }) => event)).toEqual(['check_url']);
    const id = await submit();
    await scene.control('POST', `/instances/${id}/approve`);
    expect((await settled()).map(({ state }) => state)).toEqual(Array(4).fill('acknowledged'));
    expect(
      seen
        .slice(1)
        .map(({ event, announced, plaintext }) => [event, announced, plaintext.type])
        .sort(),
    ).toEqual([
      ['bpms_instance_change', 'ended', 'finish'],
      ['bpms_instance_change', 'open', 'start'],
      ['bpms_task_change', 'open', 'finish'],
      ['bpms_task_change', 'open', 'start'],
    ]);
    expect(seen.find(({ announced }) => announced === 'ended')?.plaintext).not.toHaveProperty('form_component_values');
  });

  it.each(['both', 'msg_signature', 'signature'] as const)(
    'are taken with signature names: %s',
    async (signatureNames) => {
      await open({ signatureNames });
      await submit();
      expect((await settled()).map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
      expect('signature' in (seen[0]?.query ?? {})).toBe(signatureNames !== 'msg_signature');
    },
  );

  it('are taken in the older envelope', async () => {
    await open({ envelope: 'older' });
    await submit();
    expect((await settled()).map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
    expect(seen[0]?.plaintext).not.toHaveProperty('eventId');
    expect(seen[0]?.plaintext).toHaveProperty('corpId', 'dingcorp0001');
  });

  it.each([
    ['plain success', { status: 200, body: 'success' }, /^71010/],
    [
      'unsigned JSON',
      { status: 200, body: '{"msg_signature":"x","timeStamp":"1","nonce":"n","encrypt":"e"}' },
      /^900005/,
    ],
    ['another status', { status: 503, body: '' }, /^HTTP 503/],
  ])('answered by %s are tried twice more, then listed as failed', async (_what, reply, outcome) => {
    await open();
    await scene.control('POST', '/callback', { url: '' });
    const id = await submit();
    answerWith = () => reply;
    await scene.control('POST', '/callback', { url });
    await scene.control('POST', `/instances/${id}/terminate`);
    const [terminated] = instanceEvents(await settled()).filter(({ event }) => event.type === 'terminate');
    expect(terminated?.state).toBe('failed');
    expect(terminated?.tries.map((attempt) => attempt.kind)).toEqual(['first', 'retry', 'retry']);
    expect(terminated?.tries[0]?.outcome).toMatch(outcome);
    await expect.poll(failedList, { timeout: 20_000 }).toContainEqual(
      expect.objectContaining({
        call_back_tag: 'bpms_instance_change',
        bpms_instance_change: {
          corpid: 'dingcorp0001',
          bpmsCallBackData: expect.objectContaining({ type: 'terminate' }),
        },
      }),
    );
  });

  it('unanswered in time are tried again', async () => {
    await open({ replyWithinMs: 700 });
    let held = true;
    receiver.removeAllListeners('request');
    receiver.on('request', (incoming, response) => {
      if (held) {
        held = false;
        return;
      }
      void rawRequest(incoming).then((request) => response.end(answer(request).body));
    });
    await submit();
    const deliveries = await settled();
    expect(deliveries.map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
    const [unanswered] = deliveries.filter(({ tries }) => tries[0]?.outcome === 'no answer within 700 ms');
    expect(unanswered?.tries.at(-1)).toMatchObject({ kind: 'retry', outcome: 'ok' });
  });

  it('can be lost, doubled, sent anew, sent with moved digits, and taken for unanswered', async () => {
    await open();
    await fault({ operation: 'callback:start', kind: 'drop', times: 1 });
    const lost = await submit();
    expect((await settled()).filter(({ state }) => state === 'dropped')).toMatchObject([
      { event: { instanceId: lost }, tries: [] },
    ]);
    await scene.control('DELETE', '/faults');
    for (const kind of ['duplicate:2', 'alteredNonce', 'malleated', 'ignoreReply']) {
      const id = await submit();
      await settled();
      await fault({ operation: 'callback:finish', kind });
      await scene.control('POST', `/instances/${id}/approve`);
      const [finish] = instanceEvents(await settled()).filter(
        ({ event }) => event.instanceId === id && event.type === 'finish',
      );
      await scene.control('DELETE', '/faults');
      const kinds = finish?.tries.map((attempt) => `${attempt.kind} ${attempt.outcome}`);
      expect([kind, finish?.state, kinds]).toEqual([kind, 'acknowledged', EXPECTED[kind]]);
    }
  });

  it('can overtake each other', async () => {
    await open();
    await fault({ operation: 'callback:start', kind: 'delay', delayMs: 1500, times: 1 });
    const id = await submit();
    await scene.control('POST', `/instances/${id}/approve`);
    await settled();
    const order = seen.filter(({ event }) => event === 'bpms_instance_change').map(({ plaintext }) => plaintext.type);
    expect(order).toEqual(['finish', 'start']);
  });

  it('of a bulk are all sent, and rules for calls do not use themselves up on them', async () => {
    await open();
    await fault({ kind: 'throttle', times: 1 });
    await scene.control('POST', '/bulk', { n: 200, processCode: 'PROC-PAY' });
    expect((await settled()).every(({ state }) => state === 'acknowledged')).toBe(true);
    expect(new Set(seen.map(({ plaintext }) => plaintext.processInstanceId)).size).toBe(200);
    expect(await scene.control('GET', '/faults')).toMatchObject([{ bit: 0 }]);
  });
});

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'duplicate:2': ['first ok', 'duplicate:2 ok', 'duplicate:2 ok'],
  alteredNonce: ['first ok', 'alteredNonce ok'],
  malleated: ['first ok', 'malleated HTTP 401'],
  ignoreReply: ['first ok', 'retry ok'],
};

async function failedList(): Promise<unknown> {
  const login = await fetch(`${scene.baseUrl}/gettoken?appkey=dingappkey000001&appsecret=sandboxAppSecret0001`);
  const { access_token: token } = (await login.json()) as { access_token: string };
  const answered = await fetch(`${scene.baseUrl}/call_back/get_call_back_failed_result?access_token=${token}`);
  return ((await answered.json()) as { failed_list: unknown[] }).failed_list;
}
