import type { Topic } from '@voucherline/contracts';
import {
  MemoryBroker,
  type MemoryLog,
  type OutgoingRecord,
  type Producer,
  type ShardListener,
} from '@voucherline/pipeline';
import { StaleLease, StaleOwner } from '@voucherline/store';
import type { Weather } from '../weather.js';
import { type Faults, Injected, type Process } from './process.js';

/** Asked again and again, whether there is work or not. */
const POLLS: ReadonlySet<string> = new Set([
  'take',
  'renew',
  'census',
  'claim',
  'note',
  'spent',
  'backlog',
  'decisions',
]);

const COMMIT: Faults = { before: 'commit lost on its way', after: 'commit not answered' };
const READ: Faults = { before: 'database away' };
const POLL: Faults = { weight: 0.02 };

/** A store as one process reaches it. */
export function through<T extends object>(process: Process, table: string, store: T): T {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      // A walk over all states is an iteration, not one exchange.
      if (name === 'allStates') return member.bind(target);
      const faults = name === 'commit' ? COMMIT : POLLS.has(String(name)) ? POLL : READ;
      return (...args: unknown[]) =>
        process.exchange(`${table}.${String(name)}`, () => counted(process, member.apply(target, args)), faults);
    },
  });
}

/** Counts what shows that processes got into each other's way. */
async function counted(process: Process, asked: unknown): Promise<unknown> {
  try {
    const answer = await asked;
    if (Array.isArray(answer)) process.count('takeOvers', answer.filter((one) => one?.takenOver === true).length);
    return answer;
  } catch (error) {
    if (error instanceof StaleOwner || error instanceof StaleLease) process.count('epochRejections', 1);
    throw error;
  }
}

/** The log as one process reaches it. */
export class ProcessBroker extends MemoryBroker {
  readonly #process: Process;
  readonly #weather: Weather;

  constructor(log: MemoryLog, process: Process, weather: Weather) {
    super(log);
    this.#process = process;
    this.#weather = weather;
  }

  override async producer(): Promise<Producer> {
    const producer = await super.producer();
    return { send: (records) => this.#send(producer, records) };
  }

  override join(group: string, topics: readonly Topic[], listener: ShardListener) {
    const { life } = this.#process;
    const living: ShardListener = {
      assigned: async (shards) => {
        await life.going();
        return listener.assigned(shards);
      },
      batch: (batch, signal) =>
        this.#process.exchange(`batch of ${batch.topic}/${batch.partition}`, () => listener.batch(batch, signal)),
    };
    this.#process.joined({ group, listener: living });
    return super.join(group, topics, living);
  }

  /** What comes while the process is paused is heard, in order, when it goes on. */
  override follow(topic: Topic, onRecords: Parameters<MemoryBroker['follow']>[1]) {
    const { life } = this.#process;
    let waiting = 0;
    return super.follow(topic, (records) => {
      if (life.isGoing && waiting === 0) return onRecords(records);
      waiting += 1;
      void life.going().then(() => {
        waiting -= 1;
        onRecords(records);
      });
    });
  }

  async #send(producer: Producer, records: readonly OutgoingRecord[]): Promise<void> {
    const send = async () => {
      if (this.#weather.strikes('send half written')) {
        await producer.send(records.slice(0, Math.ceil(records.length / 2)));
        throw new Injected('send half written');
      }
      await producer.send(records);
      if (this.#weather.strikes('send acknowledged late')) {
        await this.#process.timers.sleep(this.#weather.between(500, 20_000));
      }
    };
    const faults: Faults = { before: 'send lost', after: 'send not acknowledged' };
    await this.#process.exchange(`send ${records.length} to ${records[0]?.topic}`, send, faults);
  }
}
