import {
  BatchingProducer,
  type Broker,
  type FollowedConfiguration,
  followConfiguration,
  shardOf,
} from '@voucherline/pipeline';
import type { Logger, Runner, Timers } from '@voucherline/platform';

/**
 * The service's hold on the log: appends webhooks, follows the configuration. As a runner it is ready before HTTP is served
 * and drained after the last request was answered.
 */
export class Log implements Runner {
  readonly name = 'webhook-ingestion/log';
  readonly #broker: Broker;
  readonly #timers: Timers;
  readonly #logger: Logger;
  #started: { appender: BatchingProducer; configuration: FollowedConfiguration; shards: number } | undefined;

  constructor(broker: Broker, timers: Timers, logger: Logger) {
    this.#broker = broker;
    this.#timers = timers;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    const configuration = await followConfiguration(this.#broker, this.#logger);
    const { length: shards } = await this.#broker.offsets('inbound.received.v1');
    const appender = new BatchingProducer({ producer: await this.#broker.producer(), timers: this.#timers });
    this.#started = { appender, configuration, shards };
  }

  async stop(): Promise<void> {
    await this.#started?.appender.drained();
    await this.#started?.configuration.close();
    await this.#broker.close();
  }

  get appender(): BatchingProducer {
    return this.#running.appender;
  }

  get configuration(): FollowedConfiguration {
    return this.#running.configuration;
  }

  /** The partition of a key on `inbound.received`. */
  readonly partitionOf = (key: string): number => shardOf(key, this.#running.shards);

  get #running() {
    if (this.#started === undefined) throw new Error('the log is used before it was started');
    return this.#started;
  }
}
