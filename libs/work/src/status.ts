/** How one connection stands, for people. */
export interface ConnectionStatus {
  readonly connection: string;
  /** Absent for a connection that was never published. */
  readonly product?: string;
  /** Whether this process works for it; false: nobody does. */
  readonly leased: boolean;
  /** Lanes that are due. */
  readonly backlog: number;
  readonly oldestAgeSeconds: number;
  /** How long the backlog will take at the pace of the last minute; null while nothing gets done. */
  readonly drainSeconds: number | null;
  readonly breaker: 'closed' | 'open' | 'halfOpen';
  /** RFC 3339; null when it works, or rests until a probe is answered. */
  readonly restingUntil: string | null;
  readonly inFlight: number;
  readonly callsThisMonth: number;
  /** Calls left this month; null without a limit. */
  readonly budget: number | null;
  readonly sweepIntervalSeconds: number;
}

export interface WorkStatus {
  readonly worker: string;
  readonly process: string;
  readonly leases: number;
  readonly connections: readonly ConnectionStatus[];
}
