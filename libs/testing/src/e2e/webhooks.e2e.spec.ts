import { afterEach, expect, test } from 'vitest';
import { callbackKeys, sendCallback } from '../line/callbacks.js';
import { eventually } from '../line/eventually.js';
import { useLine } from './use-line.js';

const line = useLine();
afterEach(() => line().dingtalk.withoutFaults());

/** A sweep comes each minute, and may have begun just before. */
const UNTIL_SWEPT_MS = 150_000;

/** The payload of the event that told the end of an instance. */
async function finishOf(instance: string): Promise<object> {
  const finish = (await line().dingtalk.callbacks(instance)).find(
    ({ event }) => event.event === 'bpms_instance_change' && event.type === 'finish',
  );
  if (finish === undefined) throw new Error(`${instance} has no finish event`);
  return finish.event.payload;
}

test('the same callback twenty times, shuffled and each with another nonce, makes one bill', async () => {
  const { dingtalk, facts } = line();
  const requests = await Promise.all(['11.11', '22.22', '33.33'].map((amount) => line().requestPayment(amount)));
  for (const { instance } of requests) await dingtalk.agree(instance);
  const payloads = await Promise.all(requests.map(({ instance }) => finishOf(instance)));
  const copies = payloads.flatMap((payload) => Array.from({ length: 20 }, () => payload));
  const shuffled = copies.sort(() => Math.random() - 0.5);
  const statuses = await Promise.all(shuffled.map((payload) => sendCallback(facts, payload, callbackKeys(facts))));
  expect(new Set(statuses)).toEqual(new Set([200]));
  await line().expectPosted(requests);
  for (const request of requests) {
    await line().told(request, 'WriteBackDone');
    expect(await dingtalk.comments(request.instance)).toHaveLength(1);
    const types = (await line().story(request)).map(({ message }) => message.type);
    expect(types.filter((type) => type === 'ApprovalApproved')).toHaveLength(1);
    expect(types.filter((type) => type === 'PostVoucher')).toHaveLength(1);
  }
});

test('every callback twice, as DingTalk repeats what it takes for unanswered', async () => {
  const { dingtalk } = line();
  await dingtalk.fault({ kind: 'ignoreReply', operation: 'callback' });
  const request = await line().requestPayment('44.44');
  await dingtalk.agree(request.instance);
  await eventually('DingTalk sent each again', async () => {
    const tries = (await dingtalk.callbacks(request.instance)).map((callback) => callback.tries.length);
    expect(Math.min(...tries)).toBeGreaterThan(1);
  });
  await line().expectPosted([request]);
});

test('the finish before the start', async () => {
  await line().dingtalk.fault({ kind: 'delay', operation: 'callback:start', delayMs: 3_000 });
  const request = await line().requestPayment('55.55');
  await line().dingtalk.agree(request.instance);
  await line().expectPosted([request]);
  await eventually('the late start was taken', async () => {
    const starts = (await line().dingtalk.callbacks(request.instance)).filter(({ event }) => event.type === 'start');
    expect(starts.map(({ state }) => state)).toEqual(starts.map(() => 'acknowledged'));
  });
  const types = (await line().story(request, ['approvals.events.v1'])).map(({ message }) => message.type);
  expect(types).toEqual(['ApprovalSubmitted', 'ApprovalStepDecided', 'ApprovalApproved']);
});

test('unsigned, forged and stale callbacks are refused and make nothing', async () => {
  const { dingtalk, facts } = line();
  await dingtalk.fault({ kind: 'drop', operation: 'callback' });
  const request = await line().requestPayment('66.66');
  await dingtalk.agree(request.instance);
  const payload = await finishOf(request.instance);
  const keys = callbackKeys(facts);
  const strangers = { token: 'anothertoken', aesKey: 'Z'.repeat(43) };
  expect(await sendCallback(facts, payload, keys, { signature: '' })).toBe(401);
  expect(await sendCallback(facts, payload, keys, { signature: '0'.repeat(40) })).toBe(401);
  expect(await sendCallback(facts, payload, strangers)).toBe(401);
  expect(await sendCallback(facts, payload, { ...keys, aesKey: strangers.aesKey })).toBe(401);
  expect(await sendCallback(facts, payload, keys, { timestamp: String(Date.now() - 3_600_000) })).toBe(401);
  const inbound = await line().story(request, ['inbound.received.v1']);
  expect(inbound).toEqual([]);
  // The real one is taken, so it was not for another reason that the others were not.
  expect(await sendCallback(facts, payload, keys)).toBe(200);
  await line().expectPosted([request]);
});

test('callbacks that never came, and those that met an ingestion that was down, are found by a sweep', async () => {
  const { dingtalk, processes } = line();
  await dingtalk.fault({ kind: 'drop', operation: 'callback' });
  const lost = await line().requestPayment('77.77');
  await dingtalk.agree(lost.instance);
  await dingtalk.withoutFaults();
  let failed = lost;
  await processes.without('webhook-ingestion', async () => {
    failed = await line().requestPayment('88.88');
    await dingtalk.agree(failed.instance);
    await eventually('DingTalk gave up', async () => {
      const states = (await dingtalk.callbacks(failed.instance)).map(({ state }) => state);
      expect(new Set(states)).toEqual(new Set(['failed']));
    });
  });
  await line().expectPosted([lost, failed], { withinMs: UNTIL_SWEPT_MS });
  expect(await line().story(lost, ['inbound.received.v1'])).toEqual([]);
});
