import type { CallContext, ReadOutcome } from '@voucherline/connector-kit';
import { instantOf } from '../pure/instance/local-time.js';
import { settingsOf } from '../pure/settings.js';
import type { JsonObject } from '../pure/strict-json.js';
import { listIds } from './list-instances.js';

/** Forms of the instances read in this lease: a form never changes, and open instances are read often. */
const CACHED_AS = 'dingtalk forms of instances';
const MOST_KEPT = 5_000;

/**
 * The process code of an instance. The answer of `processinstance/get` does not name it (dingtalk.md §6.1). With one process
 * code there is no question, because nothing else is listed or hinted; with several, each one's instances of that person and
 * second are listed until one holds it: up to one call a code, once for an instance.
 */
export async function formOfInstance(
  instanceId: string,
  instance: JsonObject,
  context: CallContext,
): Promise<ReadOutcome<string>> {
  const { processCodes } = settingsOf(context.connection.content);
  const [only] = processCodes;
  if (only !== undefined && processCodes.length === 1) return { kind: 'read', value: only };
  const known = await context.cache.get(CACHED_AS, async () => ({
    value: new Map<string, string>(),
    expiresAt: Number.POSITIVE_INFINITY,
  }));
  const form = known.get(instanceId);
  if (form !== undefined) return { kind: 'read', value: form };
  const found = await search(instanceId, instance, processCodes, context);
  if (found.kind === 'read') {
    if (known.size >= MOST_KEPT) known.clear();
    known.set(instanceId, found.value);
  }
  return found;
}

async function search(
  instanceId: string,
  instance: JsonObject,
  processCodes: readonly string[],
  context: CallContext,
): Promise<ReadOutcome<string>> {
  const { create_time: createTime, originator_userid: userId } = instance;
  const created =
    typeof createTime === 'string' ? instantOf(createTime, context.connection.content.timeZone) : undefined;
  if (created !== undefined && typeof userId === 'string') {
    for (const kind of processCodes) {
      // The vendor shows whole seconds and does not say which ends of a window belong to it.
      const page = await listIds({ kind, from: created - 1_000, to: created + 2_000, userId }, undefined, context);
      if (page.kind !== 'read') return page;
      if (page.value.ids.includes(instanceId)) return { kind: 'read', value: kind };
    }
  }
  return {
    kind: 'rejected',
    code: 'form-unknown',
    words: 'the instance belongs to none of the process codes of this connection',
    owner: 'administrator',
    nextStep: 'Add its process code to the connection and publish it, or discard the instance.',
  };
}
