import { factId, rawContent } from '@voucherline/contracts';
import type { World } from '../world.js';
import { CORP, type Instance } from './approvals.js';

/** What webhook-ingestion has written once a callback of DingTalk got through: lost, repeated and shuffled on its way. */
export function announce(world: World, { document, processCode }: Instance, announced: 'open' | 'ended'): void {
  const { weather, clock } = world;
  if (weather.strikes('callback lost')) return;
  const event = `${document} ${announced} ${clock.now()}`;
  const times = weather.strikes('callback repeated') ? weather.between(2, 5) : 1;
  for (let time = 0; time < times; time++) {
    const delay = weather.strikes('callback late') ? weather.between(1_000, 40_000) : weather.between(10, 300);
    clock.after(delay, () => world.say(received(event, document, processCode, announced, clock.now())));
  }
}

/**
 * A callback that gets through, and late enough for DingTalk to show the change. Nothing but a callback makes the product read
 * an approval that has ended once more: no sweep lists what was changed (README).
 */
export function announceAmendment(world: World, { document, processCode }: Instance): void {
  const { weather, clock } = world;
  const event = `${document} amended ${clock.now()}`;
  clock.after(weather.between(9_000, 20_000), () =>
    world.say(received(event, document, processCode, 'ended', clock.now())),
  );
}

function received(event: string, document: string, form: string, announced: 'open' | 'ended', now: number) {
  return {
    id: factId('InboundReceived', 'dingtalk', CORP, event),
    source: 'webhook-ingestion',
    type: 'InboundReceived',
    key: document,
    time: new Date(now).toISOString(),
    data: {
      connection: 'dingtalk-main',
      product: 'dingtalk',
      receivedAt: new Date(now).toISOString(),
      request: { query: {}, contentType: 'application/json', body: rawContent(Buffer.from('{}')) },
      verification: { scheme: 'simulated', secret: 'current' },
      event: 'bpms_instance_change',
      hint: { document, form, announced, worthRead: true },
    },
  } as const;
}
