import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFacts } from '../line/start-test-stack.js';

/** Faults and their traces, counted from what happened, never from what was asked for. */
export class Counters {
  readonly #counts = new Map<string, number>();

  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
  }
}

/** Counters of processes that come and go: what each has counted in all its lives, as far as it was seen. */
export class MetricsWatch {
  readonly #urls: readonly string[];
  readonly #last = new Map<string, number>();
  readonly #sums = new Map<string, number>();
  /** What the newest readings say, all of it. */
  readonly texts = new Map<string, string>();

  constructor({ environment }: StackFacts) {
    this.#urls = (environment.VOUCHERLINE_OPS ?? '').split(',').map((entry) => `${entry.split('=')[1]}/metrics`);
  }

  async look(): Promise<void> {
    await Promise.all(this.#urls.map((url) => this.#read(url)));
  }

  /** The sum of a metric over all processes and labels. */
  sum(metric: string): number {
    return this.#sums.get(metric) ?? 0;
  }

  async #read(url: string): Promise<void> {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_500) }).catch(() => undefined);
    const text = await answer?.text().catch(() => undefined);
    if (text === undefined) return;
    this.texts.set(url, text);
    for (const [, name = '', labels = '', value = ''] of text.matchAll(
      /^voucherline_(\w+_total)(\{.*\})? ([\d.e+]+)$/gm,
    )) {
      const series = `${url}${name}${labels}`;
      const before = this.#last.get(series) ?? 0;
      const now = Number(value);
      // Less than before: it is another process, which began at 0.
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + (now >= before ? now - before : now));
      this.#last.set(series, now);
    }
  }
}

/** A line of a service's log. */
export interface LogLine {
  readonly process: string;
  readonly text: string;
}

/** All lines of the services' logs. */
export function serviceLogs({ folder }: StackFacts): readonly LogLine[] {
  const logs = join(folder, 'logs');
  return readdirSync(logs)
    .filter((file) => /^(webhook-ingestion|collector|transformer|erp-writer)(-2)?\.log$/.test(file))
    .flatMap((file) =>
      readFileSync(join(logs, file), 'utf8')
        .split('\n')
        .map((text) => ({ process: file.replace('.log', ''), text })),
    );
}
