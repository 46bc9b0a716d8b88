import type { Clock } from '@voucherline/platform';
import type { Dispatcher } from 'undici';
import { notSentReasonOf, unknownReasonOf, wordsOf } from './faults.js';
import type { HttpResponseHeaders, HttpResult, NotSentReason, UnknownReason } from './result.js';

/** Why a call ends before its answer. */
interface Interruption {
  reason: 'timeout' | 'aborted' | 'tooLarge';
  detail: string;
}

/**
 * One request on its way through undici. undici calls `onRequestStart` in the same turn in which it hands the first
 * byte to the socket, so "was it started?" is the whole difference between `notSent` and `unknown`.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly result: Promise<HttpResult>;
  readonly #clock: Clock;
  readonly #maxBodyBytes: number;
  readonly #chunks: Buffer[] = [];
  #settle: (result: HttpResult) => void = () => {};
  #settled = false;
  #size = 0;
  #sentAt: number | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #head: { status: number; headers: HttpResponseHeaders } | undefined;

  constructor(clock: Clock, maxBodyBytes: number) {
    this.#clock = clock;
    this.#maxBodyBytes = maxBodyBytes;
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Ends the call. What was not started yet is never sent; what was is unknown. */
  interrupt({ reason, detail }: Interruption): void {
    if (this.#sentAt !== undefined) this.#unknown(this.#sentAt, reason, detail);
    else this.#notSent(reason === 'timeout' ? 'connectTimeout' : 'abortedBeforeSend', detail);
    this.#controller?.abort(new Error(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection; or undici would send it a second time, which must never happen.
    if (this.#settled || this.#sentAt !== undefined) {
      controller.abort(new Error('not to be sent'));
    } else {
      this.#controller = controller;
      this.#sentAt = this.#clock.now();
    }
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpResponseHeaders): void {
    if (status >= 200) this.#head = { status, headers };
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    // undici hands out views of a buffer that the socket does not write again, so they need no copy.
    if (this.#size <= this.#maxBodyBytes) this.#chunks.push(chunk);
    else this.interrupt({ reason: 'tooLarge', detail: `the answer has more than ${this.#maxBodyBytes} bytes` });
  }

  onResponseEnd(): void {
    if (this.#head === undefined || this.#sentAt === undefined) return;
    const { status, headers } = this.#head;
    const tookMs = this.#clock.now() - this.#sentAt;
    this.#end({ kind: 'response', status, headers, body: Buffer.concat(this.#chunks), sentAt: this.#sentAt, tookMs });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#sentAt === undefined) {
      this.#notSent(notSentReasonOf(error), wordsOf(error));
    } else {
      const head = this.#head ? `after the head of an answer with status ${this.#head.status}: ` : '';
      this.#unknown(this.#sentAt, unknownReasonOf(error, this.#head !== undefined), head + wordsOf(error));
    }
  }

  #notSent(reason: NotSentReason, detail: string): void {
    this.#end({ kind: 'notSent', reason, detail });
  }

  #unknown(sentAt: number, reason: UnknownReason, detail: string): void {
    this.#end({ kind: 'unknown', reason, detail, sentAt, tookMs: this.#clock.now() - sentAt });
  }

  /** The first end counts: after an interruption undici reports an error of its own. */
  #end(result: HttpResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(result);
  }
}
