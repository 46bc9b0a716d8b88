export { leaseOn } from './call-context.js';
export type { SourceCallsHarness, SourceScene } from './calls-harness.js';
export { describeSourceCalls } from './describe-source-calls.js';
export { describeSourcePure } from './describe-source-pure.js';
export type { DocumentFixture, Forgery, PureSourceHarness, SignedVector } from './pure-harness.js';
