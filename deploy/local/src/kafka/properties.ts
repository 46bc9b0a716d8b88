/** Where one embedded broker listens and keeps its data. */
export interface BrokerPlace {
  dataDir: string;
  port: number;
  controllerPort: number;
  /** Server settings beside or instead of our own, e.g. of a listener with TLS. */
  settings?: Readonly<Record<string, string>>;
}

/**
 * server.properties of a single KRaft node that is broker and controller in one (stack.md §7). Topics are created by
 * one command from the table in libs/contracts, never by a typing error: so auto-creation is off.
 */
export function brokerProperties({ dataDir, port, controllerPort, settings }: BrokerPlace): string {
  const listeners = `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    listeners,
    'advertised.listeners': listeners,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataDir,
    'num.partitions': 1,
    'auto.create.topics.enable': false,
    // After a crash the controller takes the new broker only when the old one's session is over; 9 s by default.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    ...settings,
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
