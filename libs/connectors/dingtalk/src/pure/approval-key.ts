import { documentKey, parseDocumentKey } from '@voucherline/contracts';

const PRODUCT = 'dingtalk';
const KIND = 'approval';

/** Document key of an approval instance: `dingtalk/<corp id>/approval/<instance id>`. */
export function approvalKey(corpId: string, instanceId: string): string {
  return documentKey({ product: PRODUCT, account: corpId, kind: KIND, id: instanceId });
}

/** The instance id in a document key. @throws {RangeError} for a key of anything but an approval instance of that corp. */
export function instanceIdOf(key: string, corpId: string): string {
  const { product, account, kind, id } = parseDocumentKey(key);
  if (product !== PRODUCT || account !== corpId || kind !== KIND) {
    throw new RangeError(`document key "${key}" names no approval instance of ${corpId}`);
  }
  return id;
}
