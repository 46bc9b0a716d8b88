import { collectedDocument, manifest } from '@voucherline/connector-dingtalk/pure';
import type { FetchedDocument, ReadOutcome, SourceCalls, WriteOutcome } from '@voucherline/connector-kit';
import { rawBytes } from '@voucherline/contracts';
import { CORP, collected, type InstanceParts } from '@voucherline/transformer/fixtures';
import type { Process } from '../processes/process.js';
import type { World } from '../world.js';
import type { Approvals } from './approvals.js';

export const FORMS = ['PROC-PAYMENT', 'PROC-EXPENSE'] as const;

const PAGE = 7;
const DAY_MS = 86_400_000;

type Failed = Exclude<ReadOutcome<never>, { kind: 'read' }>;

/** DingTalk as a source, without HTTP: slow, throttled, away at times, and behind the state that it has announced. */
export class SimulatedDingtalk {
  readonly #world: World;
  readonly #approvals: Approvals;

  constructor(world: World, approvals: Approvals) {
    this.#world = world;
    this.#approvals = approvals;
  }

  /** As one process reaches it: who has died hears no answer, but what was asked for takes place. */
  callsFor(process: Process): SourceCalls {
    return {
      manifest,
      listKinds: () => FORMS,
      listLimits: { maxSpanMs: 120 * DAY_MS, maxAgeMs: 365 * DAY_MS, maxDocuments: 10_000 },
      listPage: ({ kind, from, to }, cursor = '0') =>
        process.exchange('call listPage', () =>
          this.#read(() => {
            const all = this.#approvals.listed(kind, from, to);
            const end = Number(cursor) + PAGE;
            return {
              kind: 'read' as const,
              value: { documents: all.slice(Number(cursor), end), ...(end < all.length && { next: String(end) }) },
            };
          }),
        ),
      fetch: (document) => process.exchange(`call fetch ${document}`, () => this.#read(() => this.#fetched(document))),
      findNote: ({ document, key }) =>
        process.exchange(`call findNote ${document}`, () =>
          this.#read(() => ({ kind: 'read' as const, value: this.#notesOf(document).includes(key) })),
        ),
      addNote: ({ document, key }) =>
        process.exchange(`call addNote ${document}`, () => this.#written(() => this.#notesOf(document).push(key))),
      probe: () =>
        process.exchange('call probe', () => this.#read(() => ({ kind: 'read' as const, value: undefined }))),
    };
  }

  #fetched(document: string): ReadOutcome<FetchedDocument> {
    const { clock, weather } = this.#world;
    const behind = weather.strikes('source shows an older state') ? weather.between(500, 8_000) : 0;
    const parts = this.#approvals.shown(document, clock.now() - behind);
    return parts === undefined ? { kind: 'absent' } : { kind: 'read', value: fetchedOf(parts, clock.now()) };
  }

  #notesOf(document: string): string[] {
    return this.#approvals.instances.get(document)?.notes ?? [];
  }

  async #read<R>(answer: () => R): Promise<R | Failed> {
    const { clock, weather } = this.#world;
    await clock.sleep(weather.between(5, 80));
    if (weather.strikes('source throttles')) return { kind: 'throttled', afterMs: weather.between(0, 5_000) };
    if (weather.strikes('source does not answer')) {
      await clock.sleep(weather.between(0, 10_000));
      return { kind: 'unavailable', detail: 'no answer' };
    }
    return answer();
  }

  async #written(execute: () => unknown): Promise<WriteOutcome> {
    const { clock, weather } = this.#world;
    await clock.sleep(weather.between(5, 80));
    if (weather.strikes('source throttles')) return { kind: 'throttled', afterMs: weather.between(0, 5_000) };
    if (weather.strikes('note not answered')) {
      if (weather.chance(0.5)) execute();
      await clock.sleep(weather.between(0, 10_000));
      return { kind: 'inDoubt', reason: 'no answer' };
    }
    execute();
    return { kind: 'done' };
  }
}

/** What the connector makes of the vendor's answer. */
function fetchedOf(parts: InstanceParts, now: number): FetchedDocument {
  const { data } = collected(parts, new Date(now).toISOString()) as Extract<
    ReturnType<typeof collected>,
    { type: 'DocumentCollected' }
  >;
  const { asked, answer } = JSON.parse(rawBytes(data.content).toString());
  return collectedDocument(asked, Buffer.from(JSON.stringify(answer)), answer.process_instance, CORP);
}
