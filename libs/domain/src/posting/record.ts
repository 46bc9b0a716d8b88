import type { Money, Owner } from '@voucherline/contracts';

/** What changes something in the target. */
export type SendStep = 'create' | 'mark' | 'submit' | 'post' | 'void';

/** The target said no in its own words; nothing was executed. */
export interface PostingRefusal {
  readonly code: string;
  readonly words: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

/** Why a person has to look before anything goes on. */
export interface Hold {
  readonly code: string;
  /** In words for finance; names no person and no bank account. */
  readonly reason: string;
  readonly owner: Owner;
  readonly nextStep: string;
  /** Document keys to look at. */
  readonly documents: readonly string[];
}

export interface DocumentName {
  readonly id: string;
  /** Document key. */
  readonly document: string;
}

/** What a read-back showed when the voucher was confirmed. */
export interface Confirmation {
  readonly document: string;
  readonly number: string;
  readonly status: string;
  readonly amount: Money;
  readonly contentSha256: string;
  readonly readAt: number;
}

/** Where the posting of a voucher stands. Times are ms since the epoch. */
export type Situation =
  /** The command was taken; nothing was asked or sent. */
  | { readonly name: 'intended' }
  /** The target is not ready for the create yet. */
  | { readonly name: 'awaitingPrerequisite'; readonly waitingFor: string }
  /** A look-up has to show what the target holds before anything is sent. */
  | { readonly name: 'lookingUp' }
  /** A look-up showed that nothing stands for this voucher: a create may be sent. `found`: ids that don't count. */
  | { readonly name: 'cleared'; readonly lookedUpAt: number; readonly found: readonly string[] }
  /** An attempt is open: recorded, perhaps sent, outcome unknown. */
  | { readonly name: 'sending'; readonly step: SendStep; readonly startedAt: number }
  /** What was sent may or may not have been executed, or may be yet. */
  | { readonly name: 'inDoubt'; readonly step: SendStep; readonly since: number; readonly reason: string }
  /** The create was answered; a look-up shows what came of it. */
  | { readonly name: 'choosing'; readonly since: number; readonly refusal: PostingRefusal | null }
  /** Unchosen drafts of ours have to be deleted, first of the list first. */
  | { readonly name: 'voiding' }
  /** The first unchosen draft has to be read, and not be there. */
  | { readonly name: 'checkingGone' }
  /** The chosen draft lacks the voucher key. */
  | { readonly name: 'marking' }
  | { readonly name: 'submitting' }
  | { readonly name: 'posting' }
  /** The chosen document has to be read and compared with the intent. `refused`: what the target said no to just before. */
  | {
      readonly name: 'comparing';
      readonly refused: { readonly step: SendStep; readonly refusal: PostingRefusal } | null;
    }
  /** The target said that it posted; a read has to show it. */
  | { readonly name: 'readingBack'; readonly since: number }
  /** Confirmed, but a create of ours that was in doubt may yet be executed: one more look-up at `until`. */
  | { readonly name: 'watching'; readonly until: number }
  /** Posted, read back, nothing of ours left behind. */
  | { readonly name: 'confirmed' }
  | { readonly name: 'rejected'; readonly refusal: PostingRefusal }
  | { readonly name: 'held'; readonly hold: Hold }
  /** A person gave the command up. */
  | { readonly name: 'discarded' };

export type SituationName = Situation['name'];
export type SituationOf<N extends SituationName> = Extract<Situation, { name: N }>;

/** What is remembered of the way, whatever the situation. */
export interface Progress {
  /** When the command was taken. */
  readonly intendedAt: number;
  /** Since when the prerequisite has been waited for. */
  readonly waitingSince: number;
  /** Sends begun, of all steps; the number of the newest attempt. */
  readonly attempts: number;
  /** Creates begun. */
  readonly creates: number;
  readonly firstCreateAt: number | null;
  /** Ids that the look-up before the first create found; never choosable. */
  readonly foundBefore: readonly string[];
  /** Written once. Only this document is ever submitted or posted. */
  readonly chosen: DocumentName | null;
  /** Drafts of ours that are not the chosen one and not deleted yet. */
  readonly unchosen: readonly DocumentName[];
  /** When the last create that is in doubt got there; it may be executed until the operation's settle time is over. */
  readonly lastDoubtfulCreate: number | null;
  /** Doubts about one step in a row. */
  readonly doubts: { readonly step: SendStep; readonly inARow: number } | null;
  /** Nothing is due before `until`; `tries` lets gaps grow. */
  readonly pause: { readonly tries: number; readonly until: number } | null;
  /** Whether VoucherPostingStarted was said. */
  readonly announced: boolean;
  readonly confirmation: Confirmation | null;
  /** Id of the action that last let a stopped posting go on. */
  readonly releasedBy: string | null;
}

/** One generation of one voucher on its way into the target. JSON values only. */
export interface PostingRecord extends Progress {
  readonly generation: number;
  readonly situation: Situation;
}

/** The record of a command that was just taken. */
export function intended(generation: number, now: number): PostingRecord {
  return {
    generation,
    situation: { name: 'intended' },
    intendedAt: now,
    waitingSince: now,
    attempts: 0,
    creates: 0,
    firstCreateAt: null,
    foundBefore: [],
    chosen: null,
    unchosen: [],
    lastDoubtfulCreate: null,
    doubts: null,
    pause: null,
    announced: false,
    confirmation: null,
    releasedBy: null,
  };
}
