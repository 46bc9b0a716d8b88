export interface ParkedReleased {
  readonly parkedId: string;
  readonly stage: string;
  readonly connection?: string;
  readonly subject: string;
  readonly by: string;
  readonly reason: string;
}

export type ParkedDiscarded = ParkedReleased;

export interface ReplayRequested {
  readonly replay: string;
  readonly stage: string;
  readonly topic: string;
  readonly keys?: readonly string[];
  readonly fromOffset?: string;
  readonly since?: string;
  readonly dryRun: boolean;
  readonly by: string;
}

/** Asks a stage to drop its states and fold them again from offset 0; nothing is decided meanwhile. */
export interface RebuildRequested {
  readonly rebuild: string;
  readonly stage: string;
  readonly by: string;
}

/** A person knows what became of a voucher in doubt. `linked` is checked against the target before it counts. */
export interface DoubtResolved {
  readonly voucherKey: string;
  /** Connection of the target. */
  readonly connection: string;
  readonly subject: string;
  readonly resolution: 'linked' | 'absent';
  /** The target's own id of the document; with `linked`. */
  readonly document?: string;
  readonly by: string;
  readonly reason: string;
}

/**
 * The refused vouchers of a subject are planned anew, by the flow as it is in force now; what was mended takes their place. What
 * was not commanded because no period is open for its day gets the day that is given.
 */
export interface ReplanRequested {
  readonly subject: string;
  /** Only a person re-dates a voucher. */
  readonly accountingDate?: string;
  readonly by: string;
  readonly reason: string;
}

/** A service that found its database and its log apart is to take over from the log what it said there, and to go on. */
export interface RecoveryRequested {
  readonly service: string;
  readonly by: string;
  readonly reason: string;
}

/** A table of master data is to be read now, and not when its interval is over: somebody made a row that approvals wait for. */
export interface PullRequested {
  readonly connection: string;
  readonly kind: string;
  readonly by: string;
  readonly reason: string;
}
