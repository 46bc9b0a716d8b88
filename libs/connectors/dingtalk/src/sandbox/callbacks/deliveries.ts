import type { FaultRule, Faults } from '@voucherline/connector-kit/sandbox';
import type { DingtalkSandboxSettings } from '../settings.js';
import {
  CallbackSender,
  type CallbackTarget,
  malleated,
  type SignedCall,
  signed,
  type TryResult,
} from './callback-call.js';
import type { VendorEvent } from './event-payload.js';

/** What became of one event, for the control API. */
export interface Delivery {
  readonly event: VendorEvent;
  state: 'waiting' | 'acknowledged' | 'failed' | 'dropped' | 'unsent';
  readonly tries: (TryResult & { readonly at: number; readonly kind: string })[];
}

/** An item of `call_back/get_call_back_failed_result` (dingtalk.md §1.6). */
export type FailedItem = Readonly<Record<string, unknown>>;

const FAILED_PAGE = 200;

/**
 * Sends events: one try, then the vendor's retries, then the failed list. Faults of operation `callback`, or `callback:finish`
 * for one type, are `drop`, `delay` (`delayMs`), `duplicate[:n]` (the same bytes again), `alteredNonce` (the same event
 * encrypted anew), `malleated` and `ignoreReply` (taken for unanswered, so it is tried again).
 */
export class Deliveries {
  readonly #settings: DingtalkSandboxSettings;
  readonly #faults: Faults;
  readonly #sender: CallbackSender;
  readonly #queue: (() => Promise<void>)[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #all: Delivery[] = [];
  #failed: FailedItem[] = [];
  #running = 0;
  #target: CallbackTarget;

  constructor(settings: DingtalkSandboxSettings, faults: Faults) {
    this.#settings = settings;
    this.#faults = faults;
    this.#sender = new CallbackSender(settings.callbackConcurrency);
    this.#target = targetOf(settings);
  }

  /** Points callbacks somewhere else, and asks there by `check_url` as the console does. */
  async configure(change: Partial<CallbackTarget>): Promise<TryResult> {
    this.#target = { ...this.#target, ...change };
    if (this.#target.url === '') return { outcome: 'callbacks are off' };
    return this.#sender.send(signed({ EventType: 'check_url' }, this.#target), this.#target);
  }

  list(): readonly Delivery[] {
    return this.#all;
  }

  /** How many events are still to be tried. */
  pending(): number {
    return this.#all.reduce((count, { state }) => count + (state === 'waiting' ? 1 : 0), 0);
  }

  send(event: VendorEvent): void {
    const delivery: Delivery = { event, state: 'waiting', tries: [] };
    this.#all.push(delivery);
    if (this.#target.url === '') {
      delivery.state = 'unsent';
      return;
    }
    const fault = this.#faultFor(event);
    if (fault?.kind === 'drop') delivery.state = 'dropped';
    else if (fault?.kind === 'delay') this.#after(fault.delayMs ?? 1000, () => this.#enqueue(delivery, 0));
    else this.#enqueue(delivery, 0, fault);
  }

  /** A page of the failed list, and whether there is more. */
  failedPage(): { items: readonly FailedItem[]; more: boolean } {
    const items = this.#failed.slice(0, FAILED_PAGE);
    const more = this.#failed.length > FAILED_PAGE;
    if (this.#settings.failedListRemoves) this.#failed = this.#failed.slice(FAILED_PAGE);
    return { items, more };
  }

  reset(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#queue.length = 0;
    this.#all.length = 0;
    this.#failed = [];
  }

  close(): void {
    this.reset();
    this.#sender.close();
  }

  #faultFor({ type }: VendorEvent): FaultRule | undefined {
    // Asked only when a rule is about callbacks, so that rules for calls (`*`) are not used up by them.
    const rules = this.#faults.list();
    const operation = [`callback:${type}`, 'callback'].find((name) => rules.some((rule) => rule.operation === name));
    return operation === undefined ? undefined : this.#faults.next(operation);
  }

  #enqueue(delivery: Delivery, tried: number, fault?: FaultRule): void {
    this.#queue.push(() => this.#try(delivery, tried, fault));
    this.#pump();
  }

  #pump(): void {
    while (this.#running < this.#settings.callbackConcurrency) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#running += 1;
      void next().finally(() => {
        this.#running -= 1;
        this.#pump();
      });
    }
  }

  async #try(delivery: Delivery, tried: number, fault?: FaultRule): Promise<void> {
    const call = signed(delivery.event.payload, this.#target);
    const answered = await this.#send(delivery, tried === 0 ? 'first' : 'retry', call);
    for (const extra of this.#extras(call, delivery, fault)) await this.#send(delivery, fault?.kind ?? '', extra);
    if (answered.outcome === 'ok' && fault?.kind !== 'ignoreReply') delivery.state = 'acknowledged';
    else this.#again(delivery, tried);
  }

  async #send(delivery: Delivery, kind: string, call: SignedCall): Promise<TryResult> {
    const at = Date.now();
    const result = await this.#sender.send(call, this.#target);
    delivery.tries.push({ at, kind, ...result });
    return result;
  }

  #extras(call: SignedCall, { event }: Delivery, fault?: FaultRule): readonly SignedCall[] {
    const [kind, count = '1'] = (fault?.kind ?? '').split(':');
    if (kind === 'duplicate') return Array.from({ length: Number(count) }, () => call);
    if (kind === 'alteredNonce') return [signed(event.payload, this.#target)];
    return kind === 'malleated' ? [malleated(call)] : [];
  }

  #again(delivery: Delivery, tried: number): void {
    const { retryDelaysMs, failedListDelayMs, timeScale } = this.#settings;
    const delay = retryDelaysMs[tried];
    if (delay !== undefined) {
      this.#after(delay * timeScale, () => this.#enqueue(delivery, tried + 1));
      return;
    }
    delivery.state = 'failed';
    this.#after(failedListDelayMs * timeScale, () =>
      this.#failed.push(failedItem(delivery.event, this.#settings.corpId)),
    );
  }

  #after(ms: number, fn: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      fn();
    }, ms);
    this.#timers.add(timer);
  }
}

function targetOf(settings: DingtalkSandboxSettings): CallbackTarget {
  const { callbackUrl, callbackToken, callbackAesKey, ownerKey, appKey, signatureNames, replyWithinMs } = settings;
  return {
    ...{ url: callbackUrl, token: callbackToken, aesKey: callbackAesKey, ownerKey: ownerKey || appKey },
    ...{ signatureNames, replyWithinMs },
  };
}

function failedItem({ event, payload, at }: VendorEvent, corpid: string): FailedItem {
  return { event_time: at, call_back_tag: event, [event]: { corpid, bpmsCallBackData: payload } };
}
