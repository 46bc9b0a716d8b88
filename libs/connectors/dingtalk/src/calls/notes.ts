import type { CallContext, ReadOutcome, WriteOutcome } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { instanceIdOf } from '../pure/approval-key.js';
import { settingsOf } from '../pure/settings.js';
import type { Json, JsonObject } from '../pure/strict-json.js';
import { asWrite, call } from './call.js';
import { readInstance } from './fetch-instance.js';

/** A comment may have 1024 characters (page "official-approval-adds-approval-comments"). */
const MOST_CHARACTERS = 1_024;

/** How a note is found again: its key, at the end of the comment. */
function markerOf(key: string): string {
  return `[VL-${key}]`;
}

/** Writes a comment onto an instance, in the name of `commentUserId`. */
export async function addNote(
  note: { document: string; key: string; text: string },
  context: CallContext,
): Promise<WriteOutcome> {
  const { account } = context.connection.content;
  const { commentUserId } = settingsOf(context.connection.content);
  if (commentUserId === undefined) return noCommentUser;
  const marker = markerOf(note.key);
  // A cut through the middle of a character would leave half of it.
  const words = note.text.slice(0, MOST_CHARACTERS - marker.length - 1).replace(/[\ud800-\udbff]$/, '');
  const called = await call(context, '/topapi/process/instance/comment/add', {
    request: {
      process_instance_id: instanceIdOf(note.document, account),
      comment_userid: commentUserId,
      text: `${words} ${marker}`,
    },
  });
  if (called.kind !== 'done') return asWrite(called);
  const { success = true, result = true } = called.value;
  if (success === true && result === true) return { kind: 'done' };
  return { kind: 'inDoubt', reason: 'DingTalk answered errcode 0 without success' };
}

const noCommentUser: WriteOutcome = {
  kind: 'rejected',
  code: 'comment-user-missing',
  words: inBoth('the connection names no commentUserId', '连接未设置 commentUserId'),
  owner: 'administrator',
  nextStep: inBoth(
    'Set commentUserId to the userid in whose name comments are written, and publish the connection.',
    '请将 commentUserId 设为发表评论所用的 userid，并发布该连接。',
  ),
};

/** Whether the note stands on its instance. */
export async function findNote(
  note: { document: string; key: string },
  context: CallContext,
): Promise<ReadOutcome<boolean>> {
  const read = await readInstance(instanceIdOf(note.document, context.connection.content.account), context);
  if (read.kind !== 'read') return read;
  const { operation_records: records } = read.value.instance;
  const marker = markerOf(note.key);
  return { kind: 'read', value: Array.isArray(records) && records.some((record: Json) => hasRemark(record, marker)) };
}

function hasRemark(record: Json, marker: string): boolean {
  const remark = record !== null && typeof record === 'object' ? (record as JsonObject).remark : undefined;
  return typeof remark === 'string' && remark.includes(marker);
}
