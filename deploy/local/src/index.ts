export { checkout, dataFolder } from './checkout.js';
export { type Kafka, type KafkaOptions, startKafka } from './kafka/start-kafka.js';
export { freePortTable, type PortName, type Ports, portTable } from './ports.js';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres/start-postgres.js';
export { type Child, type Launch, launch } from './processes/child.js';
export { freePorts } from './processes/free-port.js';
export { SERVICE_HEAP } from './processes/service-heap.js';
export {
  type DingtalkCallback,
  type DingtalkInstance,
  DingtalkSandboxControl,
  type Fault,
  type KingdeeDocument,
  KingdeeSandboxControl,
  SandboxControl,
} from './sandboxes/index.js';
export type { Say } from './say.js';
export {
  type Instance,
  instancesOf,
  SERVICES,
  type Service,
  type StackOptions,
  stackEnvironment,
  startOrder,
} from './stack/members.js';
export { type StackPlaces, stackPlaces } from './stack/places.js';
export { type Stack, startStack } from './stack/start-stack.js';
