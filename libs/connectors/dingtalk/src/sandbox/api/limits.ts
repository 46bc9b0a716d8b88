import { localTime } from '../instances/local-time.js';
import type { DingtalkSandboxSettings } from '../settings.js';
import { type VendorRefusal, wrapped } from './reply.js';

type LimitSettings = Pick<DingtalkSandboxSettings, 'callsPerSecond' | 'callsPerMonth' | 'utcOffsetMinutes'>;

/** Calls per second of each API, and in all (dingtalk.md §10). */
export class Limits {
  readonly #settings: LimitSettings;
  readonly #seconds = new Map<string, { second: number; calls: number }>();
  #calls = 0;

  constructor(settings: LimitSettings) {
    this.#settings = settings;
  }

  /** Counts a call, against the month unless it is exempt. @throws {VendorRefusal} when it is one too many */
  count(operation: string, isExempt = false): void {
    const second = Math.floor(Date.now() / 1000);
    const window = this.#seconds.get(operation);
    const calls = window?.second === second ? window.calls + 1 : 1;
    this.#seconds.set(operation, { second, calls });
    if (calls > this.#settings.callsPerSecond) throw this.tooFast();
    if (isExempt) return;
    this.#calls += 1;
    if (this.#calls > this.#settings.callsPerMonth) throw wrapped('90020', '企业调用量已超过当月限额');
  }

  /** The message names the window and when the penalty ends, in local time. */
  tooFast(): VendorRefusal {
    const now = Date.now();
    const { callsPerSecond, utcOffsetMinutes } = this.#settings;
    const [from, end] = [localTime(now, utcOffsetMinutes), localTime(now + 1000, utcOffsetMinutes)];
    return wrapped(
      '90018',
      `您的应用调用当前接口的所有请求都被暂时禁用了, 从 ${from} 到 ${from} 请求总次数超过了 ${callsPerSecond} 次, 处罚将在 ${end} 结束.`,
    );
  }

  reset(): void {
    this.#seconds.clear();
    this.#calls = 0;
  }
}
