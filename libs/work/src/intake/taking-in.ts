import { type AnyMessage, factId, inBoth, type LogRecord, type ParkedReleased } from '@voucherline/contracts';
import type { Chain, ChainPosition, Decision, Delivery, HeldMail, IntakeCase } from '@voucherline/store';
import type { KeyedDraft, Route } from '../worker.js';
import { chainId, type Reading, read } from './reading.js';

export interface TakingInContext {
  /** `<service>/<worker>` */
  readonly worker: string;
  /** The shard, which is the partition of all its topics. */
  readonly shard: number;
  /** ms since the epoch. */
  readonly now: number;
  /** Lanes that a message concerns. May throw. */
  route(message: AnyMessage): readonly Route[];
  /** Whether a message of an unsequenced topic was taken in lately. */
  hasSeen(id: string): boolean;
}

type Fault = { readonly code: string; readonly reason: string };

/**
 * Turns records of one shard into mail for lanes, step by step; `result` is what is to be committed. Messages of a chain are
 * taken in by their numbers: what was seen is ignored, and behind a record that can't be taken in, or that is missing, the
 * rest of its chain waits for a person, and only that.
 */
export class TakingIn {
  readonly deliveries: Delivery[] = [];
  readonly hold: HeldMail[] = [];
  readonly unhold: { topic: string; offset: bigint }[] = [];
  readonly opened: IntakeCase[] = [];
  readonly closed: string[] = [];
  readonly decided: Decision[] = [];
  readonly applied: string[] = [];
  readonly said: KeyedDraft[] = [];
  readonly seenIds: string[] = [];
  readonly #context: TakingInContext;
  readonly #last: Map<string, number>;
  readonly #moved = new Map<string, ChainPosition>();
  readonly #waiting: Map<string, IntakeCase>;

  /** @param last where the chains of the records stand @param cases of the shard */
  constructor(context: TakingInContext, last: readonly ChainPosition[], cases: Iterable<IntakeCase>) {
    this.#context = context;
    this.#last = new Map(last.map((position) => [chainId(position), position.seq]));
    this.#waiting = new Map([...cases].flatMap((one) => (one.place === undefined ? [] : [[chainId(one.place), one]])));
  }

  /** Chains that have moved, with their new positions. */
  get moved(): readonly ChainPosition[] {
    return [...this.#moved.values()];
  }

  take(reading: Reading): void {
    const { place } = reading;
    if (place === undefined) this.#takeUnnumbered(reading);
    else if (!this.#isSeen(place) && !this.#takeNext(reading, place)) this.#hold(reading);
  }

  /** The database refuses what this record brings; it alone is set aside. */
  refuse({ record, place }: Reading): void {
    this.#open(
      record,
      {
        code: 'intake.refused',
        reason: inBoth('The database refuses what this message brings.', '数据库拒绝保存该消息带来的内容。'),
      },
      place,
    );
    this.#hold({ record, ...(place !== undefined && { place }) });
  }

  /** Applies what a person decided about a case. @param held the record to blame, if there is one, and its chain's followers, by number */
  decide(decision: Decision, parked: IntakeCase, held: readonly HeldMail[]): void {
    const { parkedId, place, offset } = parked;
    this.applied.push(parkedId);
    const blamed = held.find(({ record }) => record.topic === parked.topic && record.offset === offset);
    if (decision.resolution === 'released' && blamed !== undefined) {
      const { message, fault } = read(blamed.record);
      const why = this.#deliver(message, fault);
      if (why !== undefined) {
        // Still at fault: said again, so that who released it hears of it.
        this.#say(parkedId, blamed.record, why, place, decision.action);
        return;
      }
    }
    this.closed.push(parkedId);
    if (blamed !== undefined) this.#unhold(blamed.record);
    this.#sayResolved(parked, decision);
    if (place === undefined) return;
    this.#waiting.delete(chainId(place));
    this.#move(place);
    this.#drain(held.filter((mail) => mail !== blamed));
  }

  /** Takes in what has waited, as far as the numbers go on. */
  #drain(followers: readonly HeldMail[]): void {
    for (const { record, place } of followers) {
      if (place !== undefined && (this.#isSeen(place) || this.#takeNext(read(record), place))) this.#unhold(record);
    }
  }

  #isSeen(place: ChainPosition): boolean {
    return place.seq <= (this.#last.get(chainId(place)) ?? 0);
  }

  /** Takes a record in if it is the next of its chain and can be; else it waits, and whoever can help is told. */
  #takeNext({ record, message, fault }: Reading, place: ChainPosition): boolean {
    if (this.#waiting.has(chainId(place))) return false;
    const last = this.#last.get(chainId(place));
    // Who starts inside a log takes the first number it sees as its base.
    if (last !== undefined && place.seq > last + 1) {
      this.#openGap(place, last + 1, record);
      return false;
    }
    const why = this.#deliver(message, fault);
    if (why === undefined) this.#move(place);
    else this.#open(record, why, place);
    return why === undefined;
  }

  #takeUnnumbered(reading: Reading): void {
    const id = reading.message?.id;
    if (id !== undefined) {
      if (this.#context.hasSeen(id) || this.seenIds.includes(id)) return;
      this.seenIds.push(id);
    }
    const why = this.#deliver(reading.message, reading.fault);
    if (why === undefined) return;
    this.#open(reading.record, why, undefined);
    this.#hold(reading);
  }

  /** Puts the message into the lanes it concerns, or tells why that is not possible. */
  #deliver(message: AnyMessage | undefined, fault: string | undefined): Fault | undefined {
    if (message === undefined)
      return { code: 'intake.unreadable', reason: fault ?? inBoth('it can not be read', '无法读取') };
    const decision = this.#ownDecision(message);
    if (decision !== undefined) {
      this.decided.push(decision);
      return undefined;
    }
    try {
      const text = JSON.stringify(message);
      for (const { connection, key } of this.#context.route(message)) {
        this.deliveries.push({ connection, key, message: text });
      }
      return undefined;
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      return {
        code: 'intake.route-failed',
        reason: inBoth(
          `The worker can not tell what this message concerns (${name}).`,
          '程序无法判断该消息属于哪项业务。',
        ),
      };
    }
  }

  /** What a person decided about a case of this worker's intake: those name no connection. */
  #ownDecision(message: AnyMessage): Decision | undefined {
    if (message.type !== 'ParkedReleased' && message.type !== 'ParkedDiscarded') return undefined;
    const { stage, connection, parkedId } = message.data as ParkedReleased;
    if (stage !== this.#context.worker || connection !== undefined) return undefined;
    return { parkedId, resolution: message.type === 'ParkedReleased' ? 'released' : 'discarded', action: message.id };
  }

  #move(place: ChainPosition): void {
    this.#last.set(chainId(place), place.seq);
    this.#moved.set(chainId(place), place);
  }

  #hold({ record, place }: Reading): void {
    this.hold.push({ record, ...(place !== undefined && { place }) });
  }

  #unhold({ topic, offset }: LogRecord): void {
    this.unhold.push({ topic, offset });
  }

  #openGap(chain: Chain, missing: number, follower: LogRecord): void {
    const { source, topic, key } = chain;
    const place = { source, topic, key, seq: missing };
    const parkedId = factId('parked', this.#context.worker, 'intake', source, topic, key, missing);
    const fault = {
      code: 'intake.gap',
      reason: inBoth(
        `Number ${missing} of ${source} for this key is missing. Releasing or discarding the case goes on without it.`,
        '该键缺少一条消息。放行或放弃后，将略过它继续。',
      ),
    };
    this.#wait({ parkedId, topic, place });
    this.#say(parkedId, follower, fault, place);
  }

  #open(record: LogRecord, fault: Fault, place: ChainPosition | undefined): void {
    const { topic, partition, offset } = record;
    const where =
      place === undefined ? [topic, partition, String(offset)] : [place.source, topic, place.key, place.seq];
    const parkedId = factId('parked', this.#context.worker, 'intake', ...where);
    this.#wait({ parkedId, topic, offset, ...(place !== undefined && { place }) });
    this.#say(parkedId, record, fault, place);
  }

  #wait(opened: IntakeCase): void {
    this.opened.push(opened);
    if (opened.place !== undefined) this.#waiting.set(chainId(opened.place), opened);
  }

  #say(
    parkedId: string,
    { topic, partition, offset }: LogRecord,
    { code, reason }: Fault,
    place: ChainPosition | undefined,
    action = '',
  ): void {
    this.said.push({
      type: 'MessageParked',
      id: factId('MessageParked', parkedId, action),
      key: this.#keyOf(topic, place),
      time: new Date(this.#context.now).toISOString(),
      data: {
        parkedId,
        stage: this.#context.worker,
        origin: { topic, partition, offset: String(offset) },
        reason,
        code,
        owner: 'operations',
        nextStep: inBoth('Mend the cause and release the case, or discard it.', '请排除原因后放行，或放弃。'),
      },
    });
  }

  #sayResolved({ parkedId, topic, place }: IntakeCase, { resolution, action }: Decision): void {
    this.said.push({
      type: 'ParkedResolved',
      id: factId('ParkedResolved', parkedId, action),
      key: this.#keyOf(topic, place),
      time: new Date(this.#context.now).toISOString(),
      data: { parkedId, stage: this.#context.worker, resolution, action },
    });
  }

  /** What a case is about, as far as that is known: the key of its chain. */
  #keyOf(topic: string, place: ChainPosition | undefined): string {
    return place?.key ?? `${topic}/${this.#context.shard}`;
  }
}
