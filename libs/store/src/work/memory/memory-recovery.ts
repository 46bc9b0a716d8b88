import type { Chain, ChainPosition, Delivery } from '../intake-store.js';
import type { KnownEnd, RecoveryStore, ShardPosition } from '../recovery-store.js';
import type { MemoryIntakeStore } from './memory-intake.js';
import type { WorkMemory } from './work-memory.js';

const chainId = ({ source, topic, key }: Chain) => JSON.stringify([source, topic, key]);

/** The recovery store in memory, for tests: on the same lanes and units as the other memory stores. */
export class MemoryRecoveryStore implements RecoveryStore {
  readonly #memory: WorkMemory;
  readonly #intake: MemoryIntakeStore;
  readonly #ends = new Map<string, KnownEnd>();

  constructor(memory: WorkMemory, intake: MemoryIntakeStore) {
    this.#memory = memory;
    this.#intake = intake;
  }

  async shards(): Promise<readonly ShardPosition[]> {
    return this.#intake.shards();
  }

  async ends(): Promise<readonly KnownEnd[]> {
    return [...this.#ends.values()];
  }

  async noteEnds(known: readonly KnownEnd[]): Promise<void> {
    for (const end of known) this.#ends.set(`${end.topic}/${end.partition}`, end);
  }

  async numbers(chains: readonly Chain[]): Promise<readonly ChainPosition[]> {
    return this.#intake.positions(chains);
  }

  async adopt(numbers: readonly ChainPosition[], deliveries: readonly Delivery[]): Promise<void> {
    for (const chain of numbers) {
      const id = chainId(chain);
      this.#memory.sequences.set(id, Math.max(chain.seq, this.#memory.sequences.get(id) ?? 0));
    }
    for (const { connection, key, message } of deliveries) this.#memory.deliver(connection, key, message);
  }
}
