import type { Figure } from './chronicle.js';
import { figuresOf } from './figures.js';
import { checkInvariants } from './invariants/index.js';
import type { Nemesis } from './nemeses.js';
import { SUBMITTING_MS } from './people/employees.js';
import { replayEverything } from './replay.js';
import { Scene } from './scene.js';
import { trapped } from './traps.js';
import { unsettled } from './unsettled.js';
import { World } from './world.js';

/** How long faults go on after the last approval was submitted, ms. */
const FAULTS_MS = 90_000;
/** All has to be settled so long after it was healed, ms. An open document whose callbacks were lost is read every ten minutes or less. */
const SETTLES_WITHIN_MS = 3_600_000;
/** How long nothing new may come up before it counts as settled, ms: publications, acknowledgements, the readers' last steps. */
const QUIET_MS = 5_000;
/** How often it is asked whether all has settled, ms. */
const LOOK_MS = 5_000;

/** One history, told. */
export interface History {
  readonly seed: number;
  /** Over every step, in order. */
  readonly hash: string;
  readonly figures: Readonly<Record<Figure, number>>;
  readonly bites: ReadonlyMap<Nemesis, number>;
  /** Why it must not have happened. */
  readonly failure?: string;
  readonly lines: readonly string[];
}

/**
 * Lets one history happen: faults, healing, settling, all invariants, a replay of everything, all invariants again. The same seed
 * gives the same history, step by step.
 * @param keepsLines whether its steps are kept to be read
 */
export async function historyOf(seed: number, keepsLines = false): Promise<History> {
  const world = new World(seed, keepsLines);
  const scene = new Scene(world);
  const error = await trapped(() => happens(scene)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { chronicle } = world;
  for (const [figure, count] of Object.entries(figuresOf(scene))) chronicle.count(figure as Figure, count);
  const { figures, bites, lines } = chronicle;
  const failure = error === undefined ? {} : { failure: wordsOf(error) };
  return { seed, hash: chronicle.hash(), figures, bites, lines, ...failure };
}

async function happens(scene: Scene): Promise<void> {
  const { world } = scene;
  scene.start(world.fate.between(20, 50));
  await passes(scene, SUBMITTING_MS + FAULTS_MS);
  scene.heal();
  await settles(scene, 'after healing');
  checkInvariants(scene);
  const replayed = replayEverything(scene);
  await settles(scene, 'after the replay');
  replayed.check();
  checkInvariants(scene);
}

async function passes({ world }: Scene, ms: number): Promise<void> {
  const end = world.clock.now() + ms;
  while (world.clock.now() < end && (await world.clock.next())) {
    world.chronicle.count('events');
    world.throwIfFailed();
  }
}

/** Liveness: without faults everything comes to its end. @throws when it does not */
async function settles(scene: Scene, when: string): Promise<void> {
  const { clock } = scene.world;
  const deadline = clock.now() + SETTLES_WITHIN_MS;
  for (let quietMs = 0; quietMs <= QUIET_MS; quietMs += LOOK_MS) {
    await passes(scene, LOOK_MS);
    const [first] = unsettled(scene);
    if (first === undefined) continue;
    quietMs = -LOOK_MS;
    if (clock.now() > deadline) {
      throw new Error(`I11 not settled ${when}: ${[...unsettled(scene)].slice(0, 5).join('; ')}`);
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
