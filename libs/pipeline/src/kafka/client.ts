import type { Logger } from '@voucherline/platform';
import { type Cluster, Kafka, logLevel, PartitionAssigners, type SASLOptions } from 'kafkajs';
import type { KafkaConnection } from './connection.js';

/** kafkajs' retries for what is not retried by loops of ours: about 10 s, so that a broker's restart goes unnoticed. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 };

/** `retries`: how often kafkajs tries again by itself what may be tried again. */
export function createClient(
  { brokers, clientId, tls, sasl }: KafkaConnection,
  logger: Logger,
  retries = RETRY.retries,
): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 5_000,
    // A request without an answer fails in time for a rebuild of the producer (stack.md §5.3).
    requestTimeout: 12_000,
    retry: { ...RETRY, retries },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        tell(logger, namespace, log),
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would else switch the check off.
    ...(tls && { ssl: { rejectUnauthorized: true, ...(tls.ca !== undefined && { ca: [tls.ca] }) } }),
    // kafkajs writes into this object.
    ...(sasl && { sasl: { ...sasl } as SASLOptions }),
  });
}

/** kafkajs calls every rebalance and each try to connect an error; what matters is rejected to our loops and logged there. */
function tell(logger: Logger, namespace: string, log: { message: string; error?: unknown }): void {
  const reason = typeof log.error === 'string' ? log.error : '';
  logger.debug(`kafkajs ${namespace}: ${log.message}`, { reason });
}

/**
 * A connection of its own to the cluster, for reading outside a group. kafkajs hands it only to partition assigners, so a
 * consumer is built for its assigner and never run.
 */
export function openCluster(kafka: Kafka): Cluster {
  const opened: Cluster[] = [];
  kafka.consumer({
    groupId: 'never-joined',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        opened.push(config.cluster);
        return PartitionAssigners.roundRobin(config);
      },
    ],
  });
  const [cluster] = opened;
  if (cluster === undefined) throw new Error('kafkajs built no assigner; this adapter was written for kafkajs 2.2.4');
  return cluster;
}
