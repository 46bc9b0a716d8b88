export { checkout, dataFolder } from './checkout.js';
export { type Kafka, type KafkaOptions, startKafka } from './kafka/start-kafka.js';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres/start-postgres.js';
export { type Child, type Launch, launch } from './processes/child.js';
export { freePorts } from './processes/free-port.js';
