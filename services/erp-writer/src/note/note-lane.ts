import type { Message } from '@voucherline/contracts';

/** Where a note stands. */
export type NotePhase =
  /** Whether it is on the document has to be looked up before it is (perhaps) written. */
  | { readonly name: 'looking' }
  /** Looked up, and not there. */
  | { readonly name: 'missing' }
  /** It is being written, and the outcome is not recorded. */
  | { readonly name: 'writing' }
  /** It may have been written, or may be yet; looked up until that can't happen any more. */
  | { readonly name: 'inDoubt'; readonly since: number }
  | { readonly name: 'parked'; readonly parkedId: string };

export interface Note {
  readonly command: Pick<Message<'WriteBack'>, 'id' | 'key' | 'data'>;
  readonly phase: NotePhase;
  /** Looks and sends in a row that brought nothing; sets the gap to the next. */
  readonly tries: number;
  readonly notBefore: number;
  /** The action that last released it. */
  readonly releasedBy: string | null;
}

/** Notes for one document, oldest first; the first is being worked on. */
export interface NoteLane {
  readonly notes: readonly Note[];
}

export const emptyNotes: NoteLane = { notes: [] };
