import { type Broker, readTopic } from '@voucherline/pipeline';
import { CommandError } from '../../command.js';

/** Vouchers of one subject. */
export interface FoundVouchers {
  /** Kafka key: the approval, or the group. */
  readonly subject: string;
  /** Voucher keys, in the order in which they were commanded. */
  readonly keys: readonly string[];
}

/** The beginning of a voucher key, as other commands show it. */
const KEY_BEGINNING = /^[0-9a-f]{6,32}$/;

/**
 * Finds what somebody may call a voucher: its key or the beginning of it, its number in the ERP, the key of its document there,
 * or the key of the approval it is about (which may have several).
 * @throws {CommandError} when there is none, or several that have nothing to do with each other
 */
export async function findVouchers(broker: Broker, asked: string): Promise<FoundVouchers> {
  const confirmed = await confirmedAs(broker, asked);
  const subjects = new Map<string, string[]>();
  for await (const { message } of readTopic(broker, 'vouchers.commands.v1')) {
    if (message.type !== 'PostVoucher') continue;
    const { voucherKey } = message.data;
    const isMeant =
      message.key === asked || confirmed.has(voucherKey) || (KEY_BEGINNING.test(asked) && voucherKey.startsWith(asked));
    const keys = subjects.get(message.key) ?? [];
    if (isMeant && !keys.includes(voucherKey)) subjects.set(message.key, [...keys, voucherKey]);
  }
  const [only, ...others] = [...subjects].map(([subject, keys]) => ({ subject, keys }));
  if (only === undefined) {
    throw new CommandError(`flow explain: no voucher on the log has the key, number or document ${asked}`);
  }
  if (others.length > 0) {
    const keys = [...subjects.values()].flat();
    throw new CommandError(`flow explain: ${asked} may be ${keys.join(' or ')}; give the voucher key`);
  }
  return only;
}

/** Keys of vouchers with this number or document. */
async function confirmedAs(broker: Broker, asked: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { message } of readTopic(broker, 'vouchers.events.v1')) {
    if (message.type !== 'VoucherConfirmed') continue;
    const { number, document, voucherKey } = message.data;
    if (number === asked || document === asked) found.add(voucherKey);
  }
  return found;
}
