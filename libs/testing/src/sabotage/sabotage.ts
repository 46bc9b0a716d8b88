/** Where a sabotage is caught, the cheapest first. */
export type Tier = 'model' | 'unit' | 'simulation' | 'integration';

/**
 * A guard that is switched off by changing one place of one file. It is done while the file is loaded by a test run
 * (`plugin.ts`), so nothing in the product knows of it, and a guard that was moved makes the campaign fail, not pass.
 */
export interface Sabotage {
  /** As `npm run sabotage -- --only <name>` takes it. */
  readonly name: string;
  /** What is done wrong, in a few words. */
  readonly what: string;
  /** The invariant of failure-modes.md §5, the mode of §3 or (M …) the row of mapping-metadata.md §7.2 that is at stake. */
  readonly guards: string;
  readonly tier: Tier;
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The spec that has to fail, and the test in it. */
  readonly spec: string;
  readonly test: string;
}
