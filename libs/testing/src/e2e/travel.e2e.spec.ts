import { expect, test } from 'vitest';
import { callbackKeys, sendCallback } from '../line/callbacks.js';
import { travelForm } from '../line/travel-claims.js';
import { useLine } from './use-line.js';

const line = useLine();

test('a travel claim is accrued when it is approved, and settled once an amendment tells of its payment', async () => {
  const { dingtalk, facts } = line();
  const [accrual, settlement] = await line().claimTravel('320.50');
  await dingtalk.agree(accrual.instance);
  await line().expectPosted([accrual]);
  await line().told(accrual, 'WriteBackDone');
  expect(line().documentsOf([settlement])).toEqual(new Map());

  await dingtalk.amend(accrual.instance, travelForm('320.50', '2026-11-24'));
  const finish = (await dingtalk.callbacks(accrual.instance))
    .map(({ event }) => event)
    .find(({ type }) => type === 'finish');
  // Whatever DingTalk calls back about has its document read anew.
  const heard = { ...finish?.payload, EventTime: Date.now(), eventId: 'amended-travel' };
  expect(await sendCallback(facts, heard, callbackKeys(facts))).toBe(200);
  await line().expectPosted([accrual, settlement]);
  const commands = await line().messages(accrual, 'PostVoucher');
  expect(commands.map(({ data }) => [data.voucher, data.revision])).toEqual([
    ['travel-accrual', 0],
    ['travel-settlement', 0],
  ]);
  expect(commands[1]?.data.accountingDate).toBe('2026-11-24');
});
