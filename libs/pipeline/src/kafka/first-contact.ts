import type { Clock, Logger, Timers } from '@voucherline/platform';
import { atMost } from '../patience.js';
import { createClient, openCluster } from './client.js';
import type { KafkaConnection } from './connection.js';
import { type ContactFault, faultOfContact } from './fault-of-contact.js';

/** No broker can be worked with as the settings stand. The message names the broker, what is wrong and the mend. */
export class BrokersUnusable extends Error {
  override readonly name = 'BrokersUnusable';
}

interface Ports {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Longer than a broker takes to restart. */
const PATIENCE_MS = 30_000;
const BETWEEN_ATTEMPTS_MS = 1_000;
const GOODBYE_MS = 2_000;

/**
 * Goes to the brokers once, before kafkajs does: that one tries for minutes, without a word, what only a person can mend
 * (an untrusted certificate, the port of a listener with another protocol), and its words name no variable.
 * One broker that can be worked with is enough; the faults of others are logged.
 * @throws {BrokersUnusable} at once for a login or certificate that is refused; after half a minute when no broker answers
 */
export async function meetBrokers(connection: KafkaConnection, ports: Ports): Promise<void> {
  const { clock, timers, logger } = ports;
  const end = clock.now() + PATIENCE_MS;
  for (let said: string | undefined; ; await timers.sleep(BETWEEN_ATTEMPTS_MS)) {
    const faults: ContactFault[] = [];
    for (const broker of connection.brokers) {
      const fault = await meet(broker, connection, ports);
      if (fault === undefined) return warnOf(faults, logger);
      faults.push(fault);
    }
    const words = faults.map((fault) => fault.words).join('; ');
    if (faults.some(({ isCertain }) => isCertain) || clock.now() >= end) throw new BrokersUnusable(words);
    if (words !== said) logger.warn(`no broker answers yet, trying again: ${words}`);
    said = words;
  }
}

/** Goes to one broker and to those it tells of, whose addresses and certificates have to be right too. Gives what kept us from all of them. */
async function meet(
  broker: string,
  connection: KafkaConnection,
  { timers, logger }: Ports,
): Promise<ContactFault | undefined> {
  const cluster = openCluster(createClient({ ...connection, brokers: [broker] }, logger, 0));
  try {
    await cluster.connect();
    // A listener that wants a login hangs up at the first question.
    await cluster.refreshMetadata();
    const nodes = cluster.getNodeIds();
    const met = await Promise.allSettled(nodes.map((nodeId) => cluster.findBroker({ nodeId: String(nodeId) })));
    const faults = met.flatMap((one, at) =>
      one.status === 'rejected' ? [faultOfContact(one.reason, `with id ${nodes[at]}`, connection)] : [],
    );
    if (faults.length === nodes.length) return faults.find(({ isCertain }) => isCertain) ?? faults[0];
    return warnOf(faults, logger);
  } catch (error) {
    return faultOfContact(error, broker, connection);
  } finally {
    await atMost(timers, GOODBYE_MS, cluster.disconnect());
  }
}

/** One of several brokers that is away is nothing new; one that refuses us waits for a person. */
function warnOf(faults: readonly ContactFault[], logger: Logger): undefined {
  for (const { words, isCertain } of faults) if (isCertain) logger.warn(words);
}
