import type { MessageParked } from '@voucherline/contracts';
import type { World } from '../world.js';

/** A case that waits for a person. */
export interface Case extends MessageParked {
  readonly subject: string;
}

/** Cases that were parked and are not resolved, as the console shows them. */
export function openCases(world: World): readonly Case[] {
  const open = new Map<string, Case>();
  for (const message of world.said('MessageParked', 'ParkedResolved')) {
    if (message.type === 'ParkedResolved') open.delete(message.data.parkedId);
    else open.set(message.data.parkedId, { ...message.data, subject: message.key });
  }
  return [...open.values()];
}
