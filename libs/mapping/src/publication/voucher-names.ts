import type { FlowPublished } from '@voucherline/contracts';
import type { Fault } from '../file/fault.js';
import type { Flow } from '../flow/flow.js';

/** What a published version of a flow writes, and of what. */
export interface PublishedVoucher {
  readonly flow: string;
  readonly voucher: string;
  readonly connection: string;
  readonly kinds: readonly string[];
}

/** Reads it from a published content, as far as that says it: also from one that this version can't read as a whole. */
export function publishedVoucher({ name, content }: Pick<FlowPublished, 'name' | 'content'>): PublishedVoucher {
  const { name: voucher } = (content.voucher ?? {}) as { name?: unknown };
  const { connection, kinds } = (content.source ?? {}) as { connection?: unknown; kinds?: unknown };
  return {
    flow: name,
    voucher: String(voucher),
    connection: String(connection),
    kinds: Array.isArray(kinds) ? kinds.map(String) : [],
  };
}

/**
 * A voucher's name is a part of the keys that stand in the target. Under another name a flow would write again what it has
 * written; under the name of another flow's voucher it would take that one's for its own.
 */
export function voucherNameFaults(flow: Flow, published: readonly PublishedVoucher[]): readonly Fault[] {
  const { name } = flow.voucher;
  const path = ['voucher', 'name'];
  const faults: Fault[] = [];
  const own = published.findLast((one) => one.flow === flow.name);
  if (own !== undefined && own.voucher !== name) {
    faults.push({
      path,
      fault: `flow ${flow.name} is published with the voucher name "${own.voucher}", which is a part of its vouchers' keys`,
      mend: `Write ${own.voucher} again, or publish another flow under a name of its own.`,
    });
  }
  const other = published.find((one) => one.flow !== flow.name && one.voucher === name && takesAlike(flow, one));
  if (other !== undefined) {
    // Both would derive the same voucher key, and which of them is booked would be chance.
    faults.push({
      path,
      fault: `"${name}" was published as the voucher of flow ${other.flow} for the same kind of approval`,
      mend: 'Give this voucher another name.',
    });
  }
  return faults;
}

function takesAlike({ source }: Flow, { connection, kinds }: PublishedVoucher): boolean {
  return source.connection === connection && source.kinds.some((kind) => kinds.includes(kind));
}
