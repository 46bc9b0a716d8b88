export { canonicalJson } from './canonical-json.js';
export * from './envelope.js';
export { contentHash, type DocumentRef, documentKey, factId, parseDocumentKey, voucherKey } from './ids.js';
export { inBoth } from './in-both.js';
export { type Criterion, DatedRows, type Found, type LookupRow, type Lookups } from './look-ups.js';
export * from './messages/index.js';
export { inMinorUnits, type Money, minorUnits, parseDecimal, sameAmount, sum } from './money.js';
export { rawBytes, rawContent } from './raw-content.js';
export { DEFAULT_SHARDS, partitionsOf, type Retention, TOPICS, type Topic, type TopicDeclaration } from './topics.js';
