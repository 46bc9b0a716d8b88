import { type MasterDataPure, masterDataEntry, type SourcePure } from '@voucherline/connector-kit';
import { receive } from './callback/receive.js';
import { verify } from './callback/verify.js';
import { normalise } from './instance/normalise.js';
import { manifest } from './manifest.js';

/** DingTalk as a source, without calls: callbacks and approval instances of the old API. */
export const dingtalkSource: SourcePure = { manifest, verify, receive, normalise };

/** Rows of DingTalk's contacts, without calls. */
export const dingtalkMasterData: MasterDataPure = {
  manifest,
  entry: (kind, content) => masterDataEntry(manifest.masterData?.[kind], content),
};

export { encrypt, signatureOf } from './callback/crypto.js';
export { collectedDocument } from './instance/collect.js';
export { type Asked, collectedContent } from './instance/content.js';
export { manifest } from './manifest.js';
