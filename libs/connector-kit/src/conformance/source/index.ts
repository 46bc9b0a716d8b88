export { describeSourcePure } from './describe-source-pure.js';
export type { DocumentFixture, Forgery, PureSourceHarness, SignedVector } from './pure-harness.js';
