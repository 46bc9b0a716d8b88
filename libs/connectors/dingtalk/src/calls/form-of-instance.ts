import type { CallContext, ReadOutcome } from '@voucherline/connector-kit';
import { instantOf } from '../pure/instance/local-time.js';
import { settingsOf } from '../pure/settings.js';
import type { JsonObject } from '../pure/strict-json.js';
import { knownForms } from './known-forms.js';
import { type IdQuery, listIds } from './list-instances.js';

/**
 * The process code of an instance. The answer of `processinstance/get` does not name it (dingtalk.md §6.1). With one process
 * code there is no question, because nothing else is listed or hinted; with several, an instance that no listing has shown
 * yet is looked for among each one's instances of that person and second: mostly one call a code, once.
 */
export async function formOfInstance(
  instanceId: string,
  instance: JsonObject,
  context: CallContext,
): Promise<ReadOutcome<string>> {
  const { processCodes } = settingsOf(context.connection.content);
  const [only] = processCodes;
  if (only !== undefined && processCodes.length === 1) return { kind: 'read', value: only };
  const known = (await knownForms(context)).get(instanceId);
  if (known !== undefined) return { kind: 'read', value: known };
  const about = creationOf(instance, context);
  if (about === undefined) return unknownForm;
  for (const kind of processCodes) {
    const listed = await isListed(instanceId, { ...about, kind }, context);
    if (listed.kind !== 'read') return listed;
    if (listed.value) return { kind: 'read', value: kind };
  }
  return unknownForm;
}

const unknownForm: ReadOutcome<string> = {
  kind: 'rejected',
  code: 'form-unknown',
  words: 'the instance belongs to none of the process codes of this connection',
  owner: 'administrator',
  nextStep: 'Add its process code to the connection and publish it, or discard the instance.',
};

/** Who made the instance, and around when. */
function creationOf(
  { create_time: createTime, originator_userid: userId }: JsonObject,
  { connection }: CallContext,
): Omit<IdQuery, 'kind'> | undefined {
  const created = typeof createTime === 'string' ? instantOf(createTime, connection.content.timeZone) : undefined;
  if (created === undefined || typeof userId !== 'string') return undefined;
  // The vendor shows whole seconds and does not say which ends of a window belong to it.
  return { from: created - 1_000, to: created + 2_000, userId };
}

async function isListed(instanceId: string, query: IdQuery, context: CallContext): Promise<ReadOutcome<boolean>> {
  let cursor: string | undefined;
  do {
    const page = await listIds(query, cursor, context);
    if (page.kind !== 'read') return page;
    if (page.value.ids.includes(instanceId)) return { kind: 'read', value: true };
    cursor = page.value.next;
  } while (cursor !== undefined);
  return { kind: 'read', value: false };
}
