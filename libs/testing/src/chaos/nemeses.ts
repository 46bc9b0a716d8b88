import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '@voucherline/local';
import { webhookUrl } from '../line/callbacks.js';
import { COMPANIES, type Company, type LineFromOutside } from '../line/line-from-outside.js';
import type { RunningStack } from '../line/start-test-stack.js';
import { voucherline } from '../line/voucherline.js';
import type { Counters } from './counters.js';
import { FaultBoard } from './fault-board.js';
import type { Plan, Strike } from './plan.js';
import type { SmallDisk } from './small-disk.js';

/** A group's session: who is paused for longer is out of it. */
const SESSION_MS = 20_000;
/** How long a full disk stays full: PostgreSQL starts again and again meanwhile. */
const FULL_MS = 6_000;
/** How much longer faults stay that have not bitten. */
const LONGER_MS = 45_000;
const LOOK_MS = 3_000;

/** Does what a plan says, and mends all at the end. */
export class Nemeses {
  readonly #running: RunningStack;
  readonly #line: LineFromOutside;
  readonly #counters: Counters;
  readonly #disk: SmallDisk;
  readonly #dingtalk: FaultBoard;
  readonly #kingdee: Readonly<Record<Company, FaultBoard>>;
  readonly #paused = new Map<string, number>();
  readonly #under = new Set<Promise<void>>();
  readonly #replays: Promise<void>[] = [];
  readonly #healed = new AbortController();

  constructor(running: RunningStack, line: LineFromOutside, disk: SmallDisk, counters: Counters) {
    this.#running = running;
    this.#line = line;
    this.#disk = disk;
    this.#counters = counters;
    this.#dingtalk = new FaultBoard(line.dingtalk, counters);
    this.#kingdee = {
      hq: new FaultBoard(line.kingdee.hq, counters),
      east: new FaultBoard(line.kingdee.east, counters),
    };
  }

  /** Resolves when the time of the faults is over and everything is whole again. */
  async strike({ faultsMs, strikes, turns }: Plan, say: (line: string) => void): Promise<void> {
    const began = Date.now();
    const at = (ms: number) => pause(Math.max(0, began + ms - Date.now()));
    const all = [...turns.map((ms, turn) => ({ at: ms, turn })), ...strikes].toSorted((a, b) => a.at - b.at);
    for (const one of all) {
      await at(one.at);
      if ('turn' in one) {
        this.#do(() => this.#turnTo(one.turn));
        continue;
      }
      say(
        `${String(Math.round(one.at / 1000)).padStart(5)} s  ${one.nemesis} ${one.target ?? ''} for ${Math.round(one.forMs / 1000)} s`,
      );
      this.#do(() => this.#act(one));
    }
    await at(faultsMs);
    await this.#heal();
  }

  /** One that can not be done now, because its process is dead already, is none: it is not counted. */
  #do(act: () => Promise<void>): void {
    const run = act()
      .catch((error: unknown) => this.#counters.add(`strikes missed: ${(error as Error).message.slice(0, 80)}`))
      .finally(() => this.#under.delete(run));
    this.#under.add(run);
  }

  async #heal(): Promise<void> {
    this.#healed.abort();
    await Promise.all([
      ...this.#under,
      this.#dingtalk.clear(),
      ...COMPANIES.map((company) => this.#kingdee[company].clear()),
    ]);
    for (const name of [...this.#paused.keys()]) this.#continue(name);
    await this.#disk.free();
  }

  async #act(strike: Strike): Promise<void> {
    const { stack } = this.#running;
    const { nemesis, strength, target = 'collector' } = strike;
    switch (nemesis) {
      case 'kill':
        return stack.kill9(target);
      case 'pause':
        return this.#pause(target, strike.forMs);
      case 'broker-kill':
        return stack.kill9('kafka');
      case 'database-kill':
        return stack.kill9('postgres');
      case 'database-full':
        return this.#fill();
      case 'session-expiry':
        return this.#expire();
      case 'replay':
        this.#replays.push(this.#replay());
        return;
      case 'webhook-loss':
        return this.#during(strike, this.#dingtalk, [
          { kind: 'drop', operation: 'callback', probability: 0.3 + 0.7 * strength },
        ]);
      case 'webhook-duplicates':
        return this.#during(strike, this.#dingtalk, [
          { kind: 'duplicate:19', operation: 'callback', probability: 0.5 },
          { kind: 'ignoreReply', operation: 'callback', probability: 0.5 },
        ]);
      case 'webhook-disorder':
        return this.#during(strike, this.#dingtalk, [{ kind: 'delay', operation: 'callback:start', delayMs: 4_000 }]);
      default:
        return this.#vendorsFail(strike, faultsOf(nemesis, strength));
    }
  }

  /** All vendors at once: both Kingdees and DingTalk's interface; only Kingdee knows the operations that are done late. */
  async #vendorsFail(strike: Strike, faults: readonly Fault[]): Promise<void> {
    const kingdees = COMPANIES.map((company) => this.#kingdee[company]);
    const boards = strike.nemesis === 'late' ? kingdees : [...kingdees, this.#dingtalk];
    await Promise.all(boards.map((board) => this.#during(strike, board, faults)));
  }

  async #during(strike: Strike, board: FaultBoard, faults: readonly Fault[]): Promise<void> {
    await board.put(strike, faults);
    await this.#for(strike.forMs);
    // Who should have been hit may have been dead or at rest all the time.
    for (let more = 0; more < LONGER_MS && !(await board.haveBitten(strike)); more += LOOK_MS) await this.#for(LOOK_MS);
    await board.take(strike);
  }

  /** Waits, but not beyond the healing. */
  async #for(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#healed.signal }).catch(() => {});
  }

  /** Vendors answer slowly as it begins, so that calls are under way while the process stands still. */
  async #pause(name: string, forMs: number): Promise<void> {
    const slow = {};
    await Promise.all(COMPANIES.map((company) => this.#kingdee[company].put(slow, [{ kind: 'slow', delayMs: 1_000 }])));
    await this.#for(1_500);
    this.#running.stack.signal(name, 'SIGSTOP');
    this.#paused.set(name, Date.now());
    await Promise.all(COMPANIES.map((company) => this.#kingdee[company].take(slow)));
    await this.#for(forMs);
    this.#continue(name);
  }

  #continue(name: string): void {
    const since = this.#paused.get(name);
    if (since === undefined) return;
    this.#paused.delete(name);
    this.#running.stack.signal(name, 'SIGCONT');
    if (Date.now() - since > SESSION_MS) this.#counters.add('paused beyond the session');
  }

  async #fill(): Promise<void> {
    if (!(await this.#disk.fill())) return;
    await this.#for(FULL_MS);
    await this.#disk.free();
    this.#counters.add('database disk full');
  }

  async #expire(): Promise<void> {
    const { dingtalk, kingdee } = this.#line;
    await Promise.all([dingtalk.expireTokens(), ...COMPANIES.map((company) => kingdee[company].expireSessions())]);
  }

  /** Outlasts the healing, perhaps: a replay waits for shards that have no owner yet. What it did is counted by what the log says of it. */
  async #replay(): Promise<void> {
    const replay = ['replay', '--topic', 'approvals.events.v1', '--from-offset', '0'];
    const told = await voucherline(this.#line.facts, ...replay).catch(() => 'nobody waited for its end');
    if (/ [1-9]\d* conflicts/.test(told)) this.#counters.add('conflicts of replays while it ran');
  }

  /** Resolves when nobody waits for a replay any more. */
  async replaysEnded(): Promise<void> {
    await Promise.all(this.#replays);
  }

  async #turnTo(turn: number): Promise<void> {
    const to = turn % 2 === 0 ? 'webhook-ingestion' : 'webhook-ingestion-2';
    await this.#line.dingtalk.callBackTo(webhookUrl(this.#line.facts.ports, to));
  }
}

/** What vendors do, by nemesis. */
function faultsOf(nemesis: 'lost-reply' | 'late' | 'html' | 'throttle', strength: number): readonly Fault[] {
  const probability = 0.1 + 0.4 * strength;
  const seed = Math.floor(strength * 1_000);
  switch (nemesis) {
    case 'lost-reply':
      return [{ kind: 'dropAfterCommit', probability, seed }];
    case 'late':
      return ['Push', 'Save', 'Submit', 'Audit'].map((operation) => ({
        ...{ kind: 'executeLate', operation, probability, seed },
        delayMs: 1_000 + Math.round(strength * 9_000),
      }));
    case 'html':
      return [
        { kind: 'html', executed: strength < 0.5, probability: 0.15, seed },
        { kind: 'http500', executed: strength < 0.5, probability: 0.15, seed: seed + 1 },
        { kind: 'truncate', probability: 0.15, seed: seed + 2 },
      ];
    case 'throttle':
      return [{ kind: 'throttle', probability, seed }];
  }
}
