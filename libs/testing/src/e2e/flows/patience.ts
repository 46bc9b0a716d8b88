/** Publishing and comparing are processes of their own each time; on a busy machine each takes seconds. */
export const LONG = { timeout: 400_000 };

/** How long a voucher may take. */
export const PATIENT = { withinMs: 120_000 };

/** Why a case is released. */
export const REASON = ['--reason', 'the test mended it'] as const;
