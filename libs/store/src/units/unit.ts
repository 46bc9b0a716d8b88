/**
 * What one owner works on at a time: a shard of a stage (`<stage>/<shard>`), an intake's shard. Whoever takes it over
 * raises the epoch; from then on the predecessor's commits change nothing.
 */
export interface Ownership {
  readonly unit: string;
  readonly epoch: number;
}

/** A unit as its new owner finds it. */
export interface TakenUnit extends Ownership {
  /** Commits so far. */
  readonly seq: number;
  /** Where the inputs are to be read next; text of the owner's making, `{}` at first. */
  readonly positions: string;
  /** The last message taken from each input; text of the owner's making, `{}` at first. */
  readonly lastIds: string;
  /** What was committed and may not have been published, oldest first. */
  readonly left: readonly { readonly seq: number; readonly records: Buffer }[];
  /** Owners that died in a row while they handled something at `attemptAt`, without a commit. */
  readonly attempts: number;
  readonly attemptAt: string | null;
}

/** What a commit changes in its unit's own rows. */
export interface UnitChange extends Ownership {
  /** `seq` before this commit; the commit makes it one more. */
  readonly seq: number;
  readonly positions: string;
  readonly lastIds: string;
  /** Encoded messages of this commit (`packRecords`), if it says anything. */
  readonly outbox?: Buffer;
  /** Outbox rows up to this `seq` are published and may go. */
  readonly published: number;
}

/** The unit has another owner or another commit was made meanwhile: nothing was committed. Start again at the take-over. */
export class StaleOwner extends Error {
  override readonly name = 'StaleOwner';
  constructor(readonly units: readonly string[]) {
    super(`${units.join(', ')}: another owner took over; nothing was committed`);
  }
}

/**
 * Whether the database refused what it was given (SQLSTATE classes 22 data, 23 constraint, 54 limit), so that nothing was
 * committed and sending the same again is useless. After any other fault it is unknown whether a commit took place.
 */
export function isRefusal(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(22|23|54)/.test(code);
}
