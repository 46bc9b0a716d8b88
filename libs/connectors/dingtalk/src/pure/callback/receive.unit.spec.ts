import type { VerifiedRequest } from '@voucherline/connector-kit';
import { describe, expect, it } from 'vitest';
import { resolvedFixture } from '../../fixtures/connection.js';
import { receive } from './receive.js';

const DOCUMENT = 'dingtalk/dingcorp0001/approval/inst-0001';

function received(change: object) {
  const message = {
    EventType: 'bpms_instance_change',
    CorpId: 'dingcorp0001',
    processInstanceId: 'inst-0001',
    processCode: 'PROC-PAY',
    type: 'finish',
    ...change,
  };
  const plaintext = Buffer.from(JSON.stringify(message));
  const request = { scheme: 's', secret: 'current', plaintext, ownerKey: 'dingappkey000001' };
  return receive(request as unknown as VerifiedRequest, resolvedFixture);
}

describe('an event', () => {
  it.each([
    ['start', 'open', true],
    ['finish', 'ended', true],
    ['terminate', 'ended', true],
    ['delete', 'ended', true],
    ['something new', 'open', true],
  ])('of an instance, %s', (type, announced, worthRead) => {
    expect(received({ type }).hint).toEqual({ document: DOCUMENT, form: 'PROC-PAY', announced, worthRead });
  });

  it.each([
    ['start', false],
    ['finish', true],
    ['cancel', false],
  ])('of a task, %s', (type, worthRead) => {
    const { hint } = received({ EventType: 'bpms_task_change', type });
    expect(hint).toEqual({ document: DOCUMENT, form: 'PROC-PAY', announced: 'open', worthRead });
  });

  it('of a form that the connection does not read is kept and not read', () => {
    for (const EventType of ['bpms_instance_change', 'bpms_task_change']) {
      const reception = received({ EventType, processCode: 'PROC-LEAVE' });
      expect(reception).toMatchObject({ publish: true, hint: { worthRead: false } });
    }
  });

  it('with the older spelling of the corp is taken', () => {
    expect(received({ CorpId: undefined, corpId: 'dingcorp0001' }).hint?.document).toBe(DOCUMENT);
  });

  it('whose id has a slash keeps it inside the key', () => {
    expect(received({ processInstanceId: 'a/b' }).hint?.document).toBe('dingtalk/dingcorp0001/approval/a%2Fb');
  });

  it.each([
    ['of another corp', { CorpId: 'dingcorp0002' }, /not the connection's account dingcorp0001/],
    ['of two corps', { corpId: 'dingcorp0002' }, /not the connection's account/],
    ['of no corp', { CorpId: undefined }, /names no CorpId/],
    ['without an instance', { processInstanceId: undefined }, /processInstanceId is missing/],
    ['with a number for an instance', { processInstanceId: { id: 1 } }, /processInstanceId is missing or no text/],
    ['without a type', { type: '' }, /type is missing/],
  ])('%s is not guessed at', (_what, change, words) => expect(() => received(change)).toThrow(words));
});
