import type { CallContext, MasterDataCalls, ReadOutcome, SourceCalls } from '@voucherline/connector-kit';
import { manifest } from '../pure/manifest.js';
import { settingsOf } from '../pure/settings.js';
import { loadToken } from './access-token.js';
import { fetchInstance } from './fetch-instance.js';
import { listLimits, listPage } from './list-instances.js';
import { addNote, findNote } from './notes.js';
import { pullContacts } from './pull-contacts.js';

/** DingTalk as a source: calls of the old API (`oapi.dingtalk.com`), which one HTTP client reaches with one token. */
export const dingtalkCalls: SourceCalls = {
  manifest,
  listKinds: (connection) => settingsOf(connection).processCodes,
  listLimits,
  listPage,
  fetch: fetchInstance,
  addNote,
  findNote,
  probe,
};

/** DingTalk's contacts as master data, by calls of the same API; the monthly quota leaves contacts out (dingtalk.md §10). */
export const dingtalkMasterDataCalls: MasterDataCalls = { manifest, isExempt: true, pullPage: pullContacts };

/** A fresh token shows that the vendor answers and knows the app, and costs nothing of the monthly quota. */
async function probe(context: CallContext): Promise<ReadOutcome<void>> {
  const loaded = await loadToken(context);
  if (loaded.kind === 'loaded') return { kind: 'read', value: undefined };
  return loaded.kind === 'notSent' ? { kind: 'unavailable', detail: loaded.detail } : loaded;
}
