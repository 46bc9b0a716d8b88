import { FlowCompiler, type InForce, publishedVoucher, UnreadableFlow } from '@voucherline/mapping';
import { newestConnections, type Published } from '../published.js';

/** Nothing, for checks without a broker. */
export const NOTHING_IN_FORCE: InForce = { flows: [], connections: [], vouchers: [] };

/**
 * What new files have to get along with. A flow that this release can't read is passed over: it takes nothing until it is published
 * again, which must not be refused because of it.
 */
export function inForceOf(published: Published): InForce {
  const versions = [...published.flows.values()];
  return {
    connections: [...newestConnections(published).values()],
    flows: versions.flatMap((all) => {
      const newest = all.at(-1);
      return newest === undefined ? [] : readable(newest);
    }),
    vouchers: versions.flat().map(publishedVoucher),
  };
}

function readable({ hash, content }: { readonly hash: string; readonly content: Readonly<Record<string, unknown>> }) {
  try {
    return [new FlowCompiler().compile(hash, content)];
  } catch (error) {
    if (error instanceof UnreadableFlow) return [];
    throw error;
  }
}
