import type { Refusal } from '@voucherline/connector-kit';
import { factId, inBoth } from '@voucherline/contracts';
import type { Change, Outcome } from '@voucherline/work';
import { parkedDraft } from '../parking.js';
import type { Note, NoteLane } from './note-lane.js';

export const NOTE_WORKER = 'erp-writer/note';

/** How long a source may still write a note after nobody waits for it any more, in ms. */
const SETTLE = 60_000;
const FIRST_GAP = 1000;
const LONGEST_GAP = 300_000;

/** What a note is among. */
interface Around {
  readonly connection: string;
  readonly others: readonly Note[];
  readonly now: number;
}

type NoteChange = Change<NoteLane, never>;

/** After a look-up: there, to be written, or to be looked up again. */
export function settleFind(note: Note, outcome: Outcome, around: Around): NoteChange {
  switch (outcome.kind) {
    case 'read':
      if (outcome.value === true) return done(note, around);
      if (note.phase.name === 'inDoubt' && around.now < note.phase.since + SETTLE) return again(note, around);
      return put({ ...note, phase: { name: 'missing' }, notBefore: 0 }, around);
    case 'absent': {
      const nextStep = inBoth(
        'Look for the approval in the OA; discard when it was deleted.',
        '请在 OA 中查找该审批单；已删除的，请放弃。',
      );
      const words = inBoth('the document that the note belongs on does not exist', '要写入评论的审批单不存在');
      return parked(note, { kind: 'rejected', code: 'absent', words, owner: 'administrator', nextStep }, around);
    }
    case 'rejected':
      return parked(note, outcome, around);
    case 'throttled':
      return again(note, around, outcome.afterMs);
    default:
      return again(note, around);
  }
}

/** After a write; everything that is not definite is in doubt. */
export function settleWrite(note: Note, outcome: Outcome, around: Around): NoteChange {
  switch (outcome.kind) {
    case 'done':
      return done(note, around);
    case 'rejected':
      return parked(note, outcome, around);
    case 'throttled':
      return again({ ...note, phase: { name: 'looking' } }, around, outcome.afterMs);
    case 'notSent':
      return again({ ...note, phase: { name: 'looking' } }, around);
    default:
      return again({ ...note, phase: { name: 'inDoubt', since: around.now } }, around);
  }
}

function put(note: Note, { others }: Around): NoteChange {
  return { state: { notes: [note, ...others] } };
}

function again(note: Note, around: Around, afterMs = 0): NoteChange {
  const grown = Math.min(FIRST_GAP * 2 ** Math.min(note.tries, 20), LONGEST_GAP);
  const gap = Math.max(grown, Math.min(afterMs, 3_600_000));
  return put({ ...note, tries: note.tries + 1, notBefore: around.now + gap }, around);
}

function done({ command }: Note, { others, now }: Around): NoteChange {
  const { writeBackKey, document } = command.data;
  const id = factId('WriteBackDone', writeBackKey);
  const time = new Date(now).toISOString();
  return {
    state: { notes: others },
    messages: [{ type: 'WriteBackDone', id, key: command.key, time, data: { writeBackKey, document } }],
  };
}

function parked(note: Note, { code, words, owner, nextStep }: Refusal, around: Around): NoteChange {
  const { command, releasedBy } = note;
  const parkedId = factId('parked', NOTE_WORKER, command.id, releasedBy ?? '');
  const place = { stage: NOTE_WORKER, connection: around.connection, subject: command.key, parkedId, at: around.now };
  const draft = parkedDraft(place, { code: `write-back.${code}`, reason: words, owner, nextStep });
  return { ...put({ ...note, phase: { name: 'parked', parkedId } }, around), messages: [draft] };
}
