import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import type { HttpReply, RawRequest } from '@voucherline/connector-kit';
import type { LiveConfiguration, OutgoingRecord } from '@voucherline/pipeline';
import {
  type Clock,
  crashPoint,
  type Logger,
  newTrace,
  parseTraceparent,
  type Randomness,
  type Timers,
} from '@voucherline/platform';
import type { IngestionMetrics } from './ingestion-metrics.js';
import { type Refused, receiveWebhook, type Understood } from './receive-webhook.js';
import type { Receivers } from './receivers.js';
import { headerFault, readBody } from './request-body.js';

/** Vendors give 1 500 ms for the whole exchange (dingtalk.md §1.1); what is not in the log by then is answered with 503. */
const ANSWER_WITHIN_MS = 1_400;

/** Appends to the log; resolves after acks=all. */
export interface Appender {
  append(record: OutgoingRecord): Promise<void>;
}

export interface EndpointOptions {
  readonly receivers: Receivers;
  readonly appender: Appender;
  readonly partitionOf: (key: string) => number;
  readonly configuration: LiveConfiguration;
  readonly metrics: IngestionMetrics;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/**
 * `POST /webhooks/<connection>`: verify, put into the log with acks=all, and only then answer. The answer to a repeat is the
 * answer to the first. A sender that is not who it says sees one uniform 401 with an empty body, whatever was wrong.
 */
export class WebhookEndpoint {
  readonly #options: EndpointOptions;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** Answers one request; never rejects. `connection` comes from the path, decoded. */
  async handle(connection: string, query: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, logger } = this.#options;
    const startedAt = performance.now();
    try {
      const fault = headerFault(request);
      const body = fault ?? (await readBody(request));
      if (!Buffer.isBuffer(body)) {
        metrics.refused(connection, body.reason);
        return end(response, { status: body.status, contentType: 'text/plain', body: '' }, true);
      }
      const raw = rawRequest(request, query, body);
      const understood = raw === undefined ? repeatedName : this.#receive(connection, raw);
      if (understood.kind === 'refused') return this.#refuse(connection, understood, response);
      await this.#answer(connection, understood, response);
      metrics.answered(connection, understood.event, performance.now() - startedAt);
      this.#log(connection, understood);
    } catch (error) {
      metrics.failed(connection);
      logger.error('webhook could not be kept', { connection, error });
      end(response, unavailable);
    }
  }

  #log(connection: string, { event, record }: Understood): void {
    const { key, headers } = record?.record ?? { key: undefined, headers: {} as Record<string, string> };
    const traceId = parseTraceparent(headers.traceparent)?.traceId;
    this.#options.logger.debug('webhook kept', {
      connection,
      kind: event,
      subject: key,
      messageId: headers.ce_id,
      traceId,
    });
  }

  #receive(name: string, raw: RawRequest): Understood | Refused {
    const { receivers, clock, randomness, configuration, partitionOf } = this.#options;
    const now = clock.now();
    const receiver = receivers.find(name, now);
    if (receiver === undefined) {
      return { kind: 'refused', reason: 'unknown-connection', detail: 'no such connection receives webhooks' };
    }
    const traceparent = newTrace(randomness);
    crashPoint('before-webhook.verify');
    const received = receiveWebhook(receiver, raw, {
      now,
      traceparent,
      partitionOf,
      configuration: configuration.position,
    });
    crashPoint('after-webhook.verify');
    return received;
  }

  #refuse(connection: string, refused: Refused, response: ServerResponse): void {
    const { metrics, logger } = this.#options;
    const known = refused.reason !== 'unknown-connection';
    metrics.refused(known ? connection : 'unknown', refused.reason);
    // What an impostor sends is counted; what the vendor itself sends and we can't read is somebody's to mend.
    const level = refused.reason === 'unreadable' ? 'error' : 'debug';
    logger[level]('webhook refused', { connection, code: refused.reason, reason: refused.detail });
    end(response, unauthorised);
  }

  async #answer(connection: string, understood: Understood, response: ServerResponse): Promise<void> {
    const { appender, randomness, clock, metrics } = this.#options;
    if (understood.record !== undefined) {
      crashPoint('before-webhook.append');
      const isKept = await this.#keptInTime(appender.append(understood.record));
      if (!isKept) {
        metrics.failed(connection);
        return end(response, unavailable);
      }
      crashPoint('after-webhook.append');
    }
    const reply = understood.reception.reply((bytes) => randomness.bytes(bytes), clock.now());
    crashPoint('before-webhook.answer');
    end(response, reply);
    crashPoint('after-webhook.answer');
  }

  /** False when the log did not take it in time or refused it: the vendor then sends it again, and a sweep finds it anyway. */
  #keptInTime(kept: Promise<void>): Promise<boolean> {
    const { timers, logger } = this.#options;
    return new Promise((resolve) => {
      const cancel = timers.after(ANSWER_WITHIN_MS, () => resolve(false));
      kept.then(
        () => {
          cancel();
          resolve(true);
        },
        (error: unknown) => {
          cancel();
          logger.warn('the log did not take a webhook', { error });
          resolve(false);
        },
      );
    });
  }
}

const unauthorised: HttpReply = { status: 401, contentType: 'text/plain', body: '' };
const unavailable: HttpReply = { status: 503, contentType: 'text/plain', body: '' };
const repeatedName: Refused = { kind: 'refused', reason: 'malformed', detail: 'a query parameter came twice' };

/** The request as connectors see it, or undefined when a query parameter came twice: which one was signed is then open. */
function rawRequest(request: IncomingMessage, queryText: string, body: Buffer): RawRequest | undefined {
  // As many parameters as there are; Node takes no longer line than 16 KB.
  const query = parse(queryText, '&', '=', { maxKeys: 0 });
  for (const name in query) if (typeof query[name] !== 'string') return undefined;
  const headers: Record<string, string> = {};
  for (const name in request.headers) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return { method: request.method ?? 'POST', query: query as Record<string, string>, headers, body };
}

function end(response: ServerResponse, reply: HttpReply, close = false): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    'content-length': Buffer.byteLength(reply.body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(close && { connection: 'close' }),
  });
  response.end(reply.body);
}
