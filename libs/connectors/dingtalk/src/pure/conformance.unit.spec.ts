import type { HttpReply, RawRequest, ResolvedConnection } from '@voucherline/connector-kit';
import { type DocumentFixture, describeSourcePure, type SignedVector } from '@voucherline/connector-kit/conformance';
import { connectionFixture, resolvedFixture, SECRETS } from '../fixtures/connection.js';
import { answerFixture, type CallbackVector, callbackVectors, INSTANCES } from '../fixtures/index.js';
import { decrypt, encrypt, signatureOf } from './callback/crypto.js';
import { collectedContent, dingtalkSource } from './index.js';

interface Signed {
  readonly timestamp: string;
  readonly nonce: string;
  readonly encrypt: string;
}

function requestOf({ timestamp, nonce, encrypt }: Signed, signature: string): RawRequest {
  const body = Buffer.from(JSON.stringify({ encrypt }));
  return { method: 'POST', query: { msg_signature: signature, timestamp, nonce }, headers: {}, body };
}

function sign(content: string, at: number, { content: { settings }, secrets }: ResolvedConnection): RawRequest {
  const clear = { message: Buffer.from(content), ownerKey: String(settings.appKey) };
  const signed = {
    timestamp: String(at),
    nonce: 'nonce001',
    encrypt: encrypt(secrets.callbackAesKey?.current ?? '', 'abcdefghijklmnop', clear),
  };
  return requestOf(signed, signatureWith(secrets.callbackToken?.current ?? '', signed));
}

function signatureWith(token: string, { timestamp, nonce, encrypt }: Signed): string {
  return signatureOf(token, timestamp, nonce, encrypt);
}

function accepts(reply: HttpReply, { content, secrets }: ResolvedConnection): boolean {
  const body = JSON.parse(reply.body) as Record<'msg_signature' | 'timeStamp' | 'nonce' | 'encrypt', string>;
  const expected = signatureOf(secrets.callbackToken?.current ?? '', body.timeStamp, body.nonce, body.encrypt);
  if (reply.status !== 200 || body.msg_signature !== expected) return false;
  const clear = decrypt(secrets.callbackAesKey?.current ?? '', body.encrypt);
  return clear.message.toString() === 'success' && clear.ownerKey === content.settings.appKey;
}

const secretsOf = (token: string, aesKey: string): ResolvedConnection['secrets'] => ({
  ...SECRETS,
  callbackToken: { current: token },
  callbackAesKey: { current: aesKey },
});

function vectorOf(vector: CallbackVector): SignedVector {
  const settings = { appKey: vector.ownerKey, processCodes: [] };
  return {
    name: vector.id,
    connection: { content: connectionFixture({ settings }), secrets: secretsOf(vector.token, vector.aesKey) },
    request: requestOf(vector, vector.signature),
    signedAt: Number(vector.timestamp),
    plaintext: vector.plaintext,
  };
}

/** V1 is signed at a time in seconds, as no callback of today is: it is a vector of the cipher only. */
const vectors = callbackVectors.filter(({ timestamp }) => timestamp.length === 13).map(vectorOf);

function forgeriesOf({ name, request }: SignedVector) {
  const vector = callbackVectors.find(({ id }) => id === name) as CallbackVector;
  const { timestamp, nonce, encrypt, signature, token } = vector;
  const moved = (what: string, change: Partial<Signed>) => ({
    name: what,
    request: requestOf({ timestamp, nonce, encrypt, ...change }, signature),
  });
  /** Signed with the right token, so that only the shape of a part can be refused. */
  const respelled = (what: string, change: Partial<Signed>) => {
    const signed = { timestamp, nonce, encrypt, ...change };
    return { name: what, request: requestOf(signed, signatureWith(token, signed)) };
  };
  const body = (what: string, text: string | Buffer) => ({
    name: what,
    request: { ...request, body: Buffer.from(text) },
  });
  const json = request.body.toString();
  return [
    moved('with a digit moved into the nonce', {
      timestamp: timestamp.slice(0, 12),
      nonce: timestamp.slice(12) + nonce,
    }),
    moved('with three digits moved', { timestamp: timestamp.slice(0, 10), nonce: timestamp.slice(10) + nonce }),
    moved('with a letter moved into the time', { timestamp: timestamp + nonce[0], nonce: nonce.slice(1) }),
    moved('with time and nonce swapped', { timestamp: nonce, nonce: timestamp }),
    moved('with the end of the message moved', {
      timestamp: encrypt.slice(-1) + timestamp,
      encrypt: encrypt.slice(0, -1),
    }),
    ...[
      '1e12',
      '0x18bcfe56800',
      ` ${timestamp}`,
      `${timestamp}abc`,
      '-1700000000000',
      '9223372036854775807',
      '1700000000',
    ].map((odd) => respelled(`at time "${odd}"`, { timestamp: odd })),
    respelled('with a nonce that is none', { nonce: 'a b' }),
    respelled('with an endless nonce', { nonce: 'a'.repeat(33) }),
    respelled('with a line break in the base64', { encrypt: `${encrypt.slice(0, 40)}\n${encrypt.slice(40)}` }),
    respelled('with the base64 of URLs', { encrypt: `${encrypt.slice(0, -4)}-_-_` }),
    respelled('without a message', { encrypt: '' }),
    respelled('with a message that is no cipher block', { encrypt: 'AAAA' }),
    { name: 'with an upper-case signature', request: requestOf(vector, signature.toUpperCase()) },
    { name: 'with two signatures', request: { ...request, query: { ...request.query, signature: 'f'.repeat(40) } } },
    body('with a byte order mark', `\ufeff${json}`),
    body('in UTF-16', Buffer.from(json, 'utf16le')),
    body('with its message given twice', `{"encrypt":"AAAA",${json.slice(1)}`),
    body('as a list', `[${json}]`),
  ];
}

const event = (change: object) =>
  JSON.stringify({
    EventType: 'bpms_instance_change',
    EventTime: 1700000100000,
    CorpId: 'dingcorp0001',
    eventId: 'evt-0001',
    processInstanceId: 'inst-0001',
    processCode: 'PROC-PAY',
    title: '张三的付款申请',
    type: 'finish',
    result: 'agree',
    ...change,
  });

const document = (name: (typeof INSTANCES)[number]): DocumentFixture => ({
  name,
  content: collectedContent({ processInstanceId: 'inst-0001', processCode: 'PROC-PAY' }, answerFixture(name)),
  connection: resolvedFixture.content,
});

const renewed = secretsOf('callbackToken02', 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba');

describeSourcePure('DingTalk', {
  source: dingtalkSource,
  vectors,
  forgeriesOf,
  connection: resolvedFixture,
  stranger: {
    content: connectionFixture({ account: 'dingcorp0002', settings: { appKey: 'dingappkey000002', processCodes: [] } }),
    secrets: renewed,
  },
  rotation: {
    before: resolvedFixture,
    during: {
      content: resolvedFixture.content,
      secrets: {
        ...renewed,
        callbackToken: { current: 'callbackToken02', previous: SECRETS.callbackToken.current },
        callbackAesKey: {
          current: renewed.callbackAesKey?.current ?? '',
          previous: SECRETS.callbackAesKey.current,
        },
      },
    },
    after: { content: resolvedFixture.content, secrets: renewed },
  },
  sign,
  accepts,
  handshake: '{"EventType":"check_url"}',
  events: [
    { content: event({}), document: 'dingtalk/dingcorp0001/approval/inst-0001' },
    { content: event({ EventType: 'bpms_task_change' }), document: 'dingtalk/dingcorp0001/approval/inst-0001' },
    { content: event({ EventType: 'user_leave_org' }) },
  ],
  documents: INSTANCES.filter((name) => name !== 'payment-changed-copy').map(document),
  sameApproval: [[document('payment-approved'), document('payment-approved-with-note')]],
});
