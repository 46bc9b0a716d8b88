import type { Metrics } from '@voucherline/platform';
import type { Refused } from './receive-webhook.js';
import type { FormFault } from './request-body.js';

/** Why a request was refused, as the label of the metric. */
export type RefusedFor = Refused['reason'] | FormFault['reason'];

/** What ingestion counts. Labels are names of connections and events, both from closed sets; senders can't make new ones. */
export interface IngestionMetrics {
  answered(connection: string, event: string, tookMs: number): void;
  refused(connection: string, reason: RefusedFor): void;
  failed(connection: string): void;
}

/** Declares them in the process' registry. `isKnown` keeps names that a sender made up out of the labels. */
export function ingestionMetrics(metrics: Metrics, isKnown: (connection: string) => boolean): IngestionMetrics {
  const received = metrics.counter({
    name: 'webhooks_received_total',
    help: 'Webhooks that were verified, kept and answered',
    labels: ['connection', 'event'],
  });
  const refusals = metrics.counter({
    name: 'webhooks_refused_total',
    help: 'Requests refused, by reason; the sender only saw the status',
    labels: ['connection', 'reason'],
  });
  const failures = metrics.counter({
    name: 'webhooks_failed_total',
    help: 'Verified webhooks answered with 503 because the log did not take them in time',
    labels: ['connection'],
  });
  const duration = metrics.histogram({
    name: 'webhook_duration_seconds',
    help: 'Time from the first byte to the answer',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5],
  });
  const label = (connection: string) => (isKnown(connection) ? connection : 'unknown');
  const events = new Set<string>();
  const eventLabel = (event: string) => {
    if (events.size < 100) events.add(event);
    return events.has(event) ? event : 'other';
  };
  return {
    answered: (connection, event, tookMs) => {
      received.inc({ connection, event: eventLabel(event) });
      duration.observe(tookMs / 1000);
    },
    refused: (connection, reason) => refusals.inc({ connection: label(connection), reason }),
    failed: (connection) => failures.inc({ connection: label(connection) }),
  };
}
