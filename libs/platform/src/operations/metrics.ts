import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram } from 'prom-client';

/** What is told of a metric once, where it is declared. */
export interface MetricSpec<L extends string> {
  /** Without the product's prefix, with the unit: `parked_messages_total`, `call_duration_seconds`. */
  name: string;
  help: string;
  /** Label names. Never a subject, document or message id: each value of a label costs memory for ever. */
  labels?: readonly L[];
}

/**
 * The metrics of one process. Names get the prefix `voucherline_`. Declaring the same metric again returns the first
 * one, so that two runners of a process count together; declaring it differently throws.
 */
export interface Metrics {
  counter<L extends string = never>(spec: MetricSpec<L>): Counter<L>;
  gauge<L extends string = never>(spec: MetricSpec<L>): Gauge<L>;
  /** `buckets` are upper bounds in the unit of the name, ascending. */
  histogram<L extends string = never>(spec: MetricSpec<L> & { buckets: readonly number[] }): Histogram<L>;
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
  /** The content type of `text()`. */
  readonly contentType: string;
}

const PREFIX = 'voucherline_';

/** Builds the registry of a process, with Node's default metrics; each sample carries the label `service`. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const declared = new Map<string, { shape: string; metric: unknown }>();

  const declareOnce = <M>(kind: string, spec: MetricSpec<string>, build: (options: Options) => M): M => {
    checkName(spec.name);
    const shape = JSON.stringify([kind, spec]);
    const known = declared.get(spec.name);
    if (known && known.shape !== shape) {
      throw new Error(`metric ${spec.name} is declared twice and differently: ${known.shape} and ${shape}; share one`);
    }
    const metric = (known?.metric as M | undefined) ?? build(optionsOf(spec, registry));
    declared.set(spec.name, { shape, metric });
    return metric;
  };

  return {
    counter: <L extends string>(spec: MetricSpec<L>) =>
      declareOnce('counter', spec, (options) => new Counter<L>(options)),
    gauge: <L extends string>(spec: MetricSpec<L>) => declareOnce('gauge', spec, (options) => new Gauge<L>(options)),
    histogram: <L extends string>(spec: MetricSpec<L> & { buckets: readonly number[] }) =>
      declareOnce('histogram', spec, (options) => new Histogram<L>({ ...options, buckets: [...spec.buckets] })),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

interface Options {
  name: string;
  help: string;
  // biome-ignore lint/suspicious/noExplicitAny: prom-client types label names per metric; declareOnce is the one place that mixes them
  labelNames: any[];
  registers: Registry[];
}

function optionsOf(spec: MetricSpec<string>, registry: Registry): Options {
  return { name: PREFIX + spec.name, help: spec.help, labelNames: [...(spec.labels ?? [])], registers: [registry] };
}

function checkName(name: string): void {
  if (name.startsWith(PREFIX)) throw new Error(`metric ${name}: leave out "${PREFIX}", it is put before every name`);
}
