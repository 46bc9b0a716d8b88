import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RawRequest, SourcePure, Verification } from '@voucherline/connector-kit';
import { type ConnectionContent, decode } from '@voucherline/contracts';
import type { LiveConfiguration, OutgoingRecord } from '@voucherline/pipeline';
import { createMetrics, seededRandomness, silentLogger, systemClock, systemTimers } from '@voucherline/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingestionMetrics } from './ingestion-metrics.js';
import { Receivers } from './receivers.js';
import { MAX_BODY_BYTES } from './request-body.js';
import { WebhookEndpoint } from './webhook-endpoint.js';

const connection: ConnectionContent = {
  name: 'oa',
  product: 'fake',
  account: 'corp1',
  timeZone: 'Asia/Shanghai',
  settings: {},
  secrets: { token: 'oa-token' },
  limits: { perSecond: 1, concurrency: 1 },
};

/** A source whose signature is the query parameter `token`, and whose message is the body. */
const source = {
  verify(request: RawRequest, { secrets }: { secrets: Record<string, { current: string; previous?: string }> }) {
    const { token } = request.query;
    if (token !== secrets.token?.current && token !== secrets.token?.previous) {
      return { ok: false, reason: 'signature', detail: 'the token differs' } satisfies Verification;
    }
    const secret = token === secrets.token?.current ? 'current' : 'previous';
    return { ok: true, request: { scheme: 'token', secret, plaintext: request.body } } as unknown as Verification;
  },
  receive(request: { plaintext: Buffer }) {
    const event = request.plaintext.toString();
    const hint = { document: 'fake/corp1/approval/1', announced: 'ended', worthRead: true } as const;
    return {
      event,
      publish: event !== '{"check":1}',
      hint,
      reply: () => ({ status: 200, contentType: 'application/json', body: `{"seen":${event}}` }),
    };
  },
} as unknown as SourcePure;

describe('POST /webhooks/<connection>', () => {
  let server: Server;
  let url: string;
  let appended: OutgoingRecord[];
  let append: (record: OutgoingRecord) => Promise<void>;
  const metrics = createMetrics('test');

  beforeEach(async () => {
    appended = [];
    append = async (record) => void appended.push(record);
    const configuration = {
      position: 4,
      connection: (name: string) => (name === 'oa' ? { hash: 'h', content: connection } : undefined),
    } as unknown as LiveConfiguration;
    const secrets = { resolve: () => ({ current: 'new', previous: { value: 'old', until: Number.MAX_SAFE_INTEGER } }) };
    const endpoint = new WebhookEndpoint({
      receivers: new Receivers({
        configuration,
        secrets,
        sourceOf: () => source,
        clock: systemClock,
        logger: silentLogger,
      }),
      appender: { append: (record) => append(record) },
      partitionOf: () => 7,
      configuration,
      metrics: ingestionMetrics(metrics, (name) => name === 'oa'),
      clock: systemClock,
      timers: systemTimers,
      randomness: seededRandomness(1),
      logger: silentLogger,
    });
    server = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://x');
      void endpoint.handle(pathname.slice('/webhooks/'.length), search.slice(1), request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  });

  afterEach(() => void server.close());

  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  it('keeps the bytes as signed and only then answers in the words of the connector', async () => {
    const answer = await post('oa?token=new', '{"a":1}');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('{"seen":{"a":1}}');
    const [kept] = appended;
    expect(kept).toMatchObject({
      topic: 'inbound.received.v1',
      partition: 7,
      record: { key: 'fake/corp1/approval/1' },
    });
    const message = decode({
      ...kept?.record,
      topic: 'inbound.received.v1',
      partition: 7,
      offset: 0n,
      timestamp: 0,
    } as never);
    expect(message).toMatchObject({
      configuration: 4,
      data: { connection: 'oa', verification: { secret: 'current' }, request: { body: { data: '{"a":1}' } } },
    });
  });

  it('gives a repeat the id of the first, however its headers differ', async () => {
    await post('oa?token=new&nonce=1', '{"a":1}');
    await post('oa?token=old&nonce=2', '{"a":1}');
    await post('oa?token=new', '{"a":2}');
    const [first, second, third] = appended.map(({ record }) => record.headers.ce_id);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('answers a handshake and puts nothing into the log', async () => {
    const answer = await post('oa?token=new', '{"check":1}');
    expect(answer.status).toBe(200);
    expect(appended).toEqual([]);
  });

  it.each([
    ['a wrong signature', 'oa?token=wrong'],
    ['an unknown connection', 'nobody?token=new'],
    ['a name of the prototype', '__proto__?token=new'],
    ['a parameter given twice', 'oa?token=new&token=old'],
  ])('refuses %s with the same empty 401', async (_what, path) => {
    const answer = await post(path, '{"a":1}');
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe('');
    expect(appended).toEqual([]);
  });

  it('counts refusals by reason and lets no sender make up labels', async () => {
    await post('made-up-name?token=new', '{}');
    const text = await metrics.text();
    expect(text).toMatch(/webhooks_refused_total\{[^}]*reason="signature"[^}]*\} [1-9]/);
    expect(text).toMatch(/connection="unknown",reason="unknown-connection"/);
    expect(text).not.toContain('made-up-name');
  });

  it('answers 503 when the log refuses, so that the vendor sends again', async () => {
    append = () => Promise.reject(new Error('broker down'));
    const answer = await post('oa?token=new', '{"a":1}');
    expect(answer.status).toBe(503);
  });

  it.each([
    ['a compressed body', { 'content-encoding': 'gzip' }, 415],
    ['a form', { 'content-type': 'text/plain' }, 415],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }, 415],
  ])('refuses %s before reading it', async (_what, headers, status) => {
    expect((await post('oa?token=new', '{}', headers)).status).toBe(status);
  });

  it('refuses a body above the limit', async () => {
    const answer = await post('oa?token=new', 'x'.repeat(MAX_BODY_BYTES + 1));
    expect(answer.status).toBe(413);
    expect(appended).toEqual([]);
  });
});
