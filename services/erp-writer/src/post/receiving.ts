import type { AnyMessage } from '@voucherline/contracts';
import { adopt } from './adopt.js';
import { decide, settleDoubt } from './decisions.js';
import type { Desk } from './desk.js';
import { type Command, knowledge, waiting } from './lane-state.js';

/** Takes a message of the mailbox into the lane. */
export function receive(desk: Desk, message: AnyMessage, now: number): void {
  switch (message.type) {
    case 'PostVoucher':
      if (knowledge(desk.state, message) !== 'known') {
        desk.append({ ...waiting, command: kept(message), record: null });
      }
      break;
    case 'ReverseVoucher':
      if (!desk.state.commands.some(({ command }) => command.id === message.id)) {
        desk.append({ ...waiting, command: kept(message) });
      }
      break;
    case 'ParkedReleased':
    case 'ParkedDiscarded':
      decide(desk, message, now);
      break;
    case 'DoubtResolved':
      settleDoubt(desk, message.data, message.id, now);
      break;
    default:
      desk.state = adopt(desk.state, message);
  }
}

function kept<T extends 'PostVoucher' | 'ReverseVoucher'>({ id, type, key, data }: Command<T>): Command<T> {
  return { id, type, key, data };
}
