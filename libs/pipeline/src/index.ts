export * from './broker.js';
export * from './configuration.js';
export { createKafkaBroker, type KafkaBrokerOptions } from './kafka/kafka-broker.js';
export { TopicMismatch } from './kafka/topics.js';
export { shardOf } from './shard-of.js';
export * from './stage.js';
