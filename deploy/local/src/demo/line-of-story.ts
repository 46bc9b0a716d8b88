import type { AnyMessage, Topic } from '@voucherline/contracts';
import { type Located, place } from '@voucherline/pipeline';

/** The topics that a payment request passes, in the order of the line. */
export const WAY: readonly Topic[] = [
  'inbound.received.v1',
  'documents.collected.v1',
  'approvals.events.v1',
  'vouchers.commands.v1',
  'vouchers.events.v1',
];

/** One line a message: seconds since the story began, what it says, and where it stands. */
export function hopLine({ message, record }: Located, since: number): string {
  const seconds = `${((record.timestamp - since) / 1000).toFixed(2)} s`.padStart(8);
  return `${seconds}  ${message.type.padEnd(22)}${padded(inShort(message), 34)}${place(record)}`;
}

/** Chinese characters take two columns of a terminal. */
function padded(text: string, columns: number): string {
  const wide = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return text.padEnd(columns - wide);
}

function inShort(message: AnyMessage): string {
  switch (message.type) {
    case 'InboundReceived':
      return `钉钉回调 ${message.data.event}`;
    case 'DocumentCollected':
      return message.data.ended ? 'read: it has ended' : 'read: still open';
    case 'ApprovalSubmitted':
      return message.data.businessId;
    case 'ApprovalStepDecided':
      return `${message.data.userId} ${message.data.decision}`;
    case 'PostVoucher':
      return `${message.data.voucher} → ${message.data.target}`;
    case 'VoucherConfirmed':
      return `付款单 ${message.data.number}`;
    case 'VoucherHeld':
    case 'VoucherInDoubt':
      return message.data.reason.slice(0, 32);
    case 'VoucherRejected':
      return message.data.code;
    default:
      return '';
  }
}
