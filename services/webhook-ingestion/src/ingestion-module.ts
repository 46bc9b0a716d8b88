import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { sourcePure } from '@voucherline/connectors/pure';
import { createKafkaBroker, kafkaConnectionOf } from '@voucherline/pipeline';
import { CONFIG, LOGGER, type Logger, SERVICE, type ServiceContext, TIMERS, type Timers } from '@voucherline/platform';
import { takeWebhooks } from './hot-route.js';
import type { IngestionConfig } from './ingestion-config.js';
import { ingestionMetrics } from './ingestion-metrics.js';
import { Log } from './log.js';
import { Receivers } from './receivers.js';
import { WebhookEndpoint } from './webhook-endpoint.js';

/** Token of the runner. */
export const LOG = Symbol('Log');

/** Wires webhook-ingestion: the log as a runner, and the one hot route on the server, below Express. */
@Module({
  providers: [
    {
      provide: LOG,
      inject: [CONFIG, TIMERS, LOGGER],
      useFactory: (config: IngestionConfig, timers: Timers, logger: Logger) =>
        new Log(
          createKafkaBroker({ ...kafkaConnectionOf(config), clientId: 'webhook-ingestion', logger }),
          timers,
          logger,
        ),
    },
  ],
})
export class IngestionModule implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(LOG) private readonly log: Log,
    @Inject(SERVICE) private readonly service: ServiceContext,
  ) {}

  onModuleInit(): void {
    let endpoint: WebhookEndpoint | undefined;
    takeWebhooks(this.adapterHost.httpAdapter.getHttpServer(), (connection, query, request, response) => {
      endpoint ??= this.endpoint();
      void endpoint.handle(connection, query, request, response);
    });
  }

  /** Made at the first request: the runners have started by then. */
  private endpoint(): WebhookEndpoint {
    const { clock, timers, randomness, logger, metrics, secrets } = this.service;
    const { configuration, appender, partitionOf } = this.log;
    return new WebhookEndpoint({
      ...{ clock, timers, randomness, logger, configuration, appender, partitionOf },
      receivers: new Receivers({ configuration, secrets, sourceOf: sourcePure, clock, logger }),
      metrics: ingestionMetrics(metrics, (name) => configuration.connection(name) !== undefined),
    });
  }
}
