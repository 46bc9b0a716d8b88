import type { Money, Owner } from '@voucherline/contracts';
import type { TargetDocument } from './terms.js';

/** What changes something in the target. `unpost`: back towards a draft, from submitted or posted · `void`: deletes a draft. */
export type SendStep = 'create' | 'mark' | 'submit' | 'post' | 'unpost' | 'void';

/**
 * What a posting is to come to instead of its voucher; from then on nothing is created, submitted or posted. `withdrawn`: the
 * approval was · `replaced`: another content takes its place in the next generation · `reversed`: posted, and to be undone.
 */
export type Ending = 'withdrawn' | 'replaced' | 'reversed';

/** Who holds an exclusive value that this posting wanted. */
export interface ExclusiveTaken {
  /** What kind of value, e.g. `invoice`. */
  readonly name: string;
  /** The voucher that holds it. */
  readonly voucherKey: string;
  readonly voucher: string;
  readonly subject: string;
}

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
  /** Its exclusive values are its own. */
  | { readonly name: 'claimed' }
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
  /** The first of the unchosen has to be deleted. */
  | { readonly name: 'voiding' }
  /** The first of the unchosen, taken back, is no draft yet. */
  | { readonly name: 'unposting'; readonly stage: 'submitted' | 'posted' }
  /** The first of the unchosen has to be read: is it gone? `tried`: what was done to it just before, `refusal`: in vain. */
  | {
      readonly name: 'checkingGone';
      readonly tried: 'unpost' | 'void' | null;
      readonly refusal: PostingRefusal | null;
    }
  /** Taken back: a look-up has to show what of ours stands in the target. */
  | { readonly name: 'retiring' }
  /** A person says that this document stands for the voucher; it has to be read and compared. */
  | { readonly name: 'linking'; readonly id: string }
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
  /** Taken back before anything effective stood; nothing of ours stands any more. */
  | { readonly name: 'cancelled' }
  /** Was posted and is not any more. */
  | { readonly name: 'reversed' }
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
  /** Documents of ours that have to go, first of the list first: drafts beside the chosen one; taken back, the chosen one too, last. */
  readonly unchosen: readonly DocumentName[];
  /** Taken back, and read as gone. */
  readonly chosenGone: boolean;
  readonly ending: Ending | null;
  /** When the last create that is in doubt got there; it may be executed until the operation's settle time is over. */
  readonly lastDoubtfulCreate: number | null;
  /** A person declared that no document came of it: the settle time need not be waited for. */
  readonly settleWaived: boolean;
  /** Looks at the target made while in doubt. */
  readonly looks: number;
  /** Doubts about one step in a row. */
  readonly doubts: { readonly step: SendStep; readonly inARow: number } | null;
  /** Nothing is due before `until`; `tries` lets gaps grow. */
  readonly pause: { readonly tries: number; readonly until: number } | null;
  /** Whether VoucherPostingStarted was said. */
  readonly announced: boolean;
  readonly confirmation: Confirmation | null;
  /** A person let this voucher go on although the operation's level is not shown. */
  readonly levelAccepted: boolean;
  /** Id of the action that last decided something about this posting. */
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
    chosenGone: false,
    ending: null,
    lastDoubtfulCreate: null,
    settleWaived: false,
    looks: 0,
    doubts: null,
    pause: null,
    announced: false,
    confirmation: null,
    levelAccepted: false,
    releasedBy: null,
  };
}

/** Whether what stands of this posting has to go. What was withdrawn and turned out to be posted stays, until it is reversed. */
export function isTakenBack({ ending, confirmation }: PostingRecord): boolean {
  return ending === 'reversed' || (ending !== null && confirmation === null);
}

/** What a posted document shows, as the evidence of a confirmation. */
export function confirmationOf(document: TargetDocument, readAt: number): Confirmation {
  const { document: key, number, status, amount, contentSha256 } = document;
  return { document: key, number, status, amount, contentSha256, readAt };
}
