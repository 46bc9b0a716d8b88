import type { Counter, Gauge, Histogram, Metrics } from '@voucherline/platform';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is counted of a stage. */
export interface StageMetrics {
  readonly handled: Counter;
  readonly said: Counter;
  readonly batches: Counter;
  parked(code: string): void;
  readonly takeOvers: Counter;
  readonly lostCommits: Counter;
  readonly commitSeconds: Histogram;
  readonly publishSeconds: Histogram;
  readonly lag: { set(messages: number): void };
  readonly delay: { set(seconds: number): void };
}

/** Declares a stage's metrics; each carries the label `stage`. */
export function stageMetrics(metrics: Metrics, stage: string): StageMetrics {
  const counter = (name: string, help: string) =>
    metrics.counter<'stage'>({ name, help, labels: ['stage'] }).labels(stage) as unknown as Counter;
  const gauge = (name: string, help: string) =>
    metrics.gauge<'stage'>({ name, help, labels: ['stage'] }).labels(stage) as unknown as Gauge;
  const histogram = (name: string, help: string) =>
    metrics
      .histogram<'stage'>({ name, help, labels: ['stage'], buckets: SECONDS })
      .labels(stage) as unknown as Histogram;
  const parked = metrics.counter<'stage' | 'code'>({
    name: 'stage_parked_total',
    help: 'Messages and decisions set aside for a person',
    labels: ['stage', 'code'],
  });
  return {
    handled: counter('stage_messages_handled_total', 'Messages taken from the inputs and committed'),
    said: counter('stage_messages_said_total', 'Messages committed to be published'),
    batches: counter('stage_batches_total', 'Commits of a run of messages'),
    parked: (code) => parked.inc({ stage, code }),
    takeOvers: counter('stage_take_overs_total', 'Shards taken over, at assignment or after a lost commit'),
    lostCommits: counter('stage_lost_commits_total', 'Commits that failed, were overtaken or got no answer'),
    commitSeconds: histogram('stage_commit_duration_seconds', 'From the load of the states to the end of the commit'),
    publishSeconds: histogram('stage_publish_duration_seconds', 'One send to the log'),
    lag: gauge('stage_lag_messages', 'Messages on the inputs of the owned shards that are not handled yet'),
    delay: gauge(
      'stage_oldest_unhandled_seconds',
      'Age of the oldest message of the newest batch when it was handled; 0 when nothing is left',
    ),
  };
}
