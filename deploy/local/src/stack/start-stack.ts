import type { PortName, Ports } from '../ports.js';
import { takenPorts } from '../ports.js';
import { isFree } from '../processes/free-port.js';
import type { Say } from '../say.js';
import { type KeptAlive, keepAlive } from './keep-alive.js';
import type { Job, Member, StartOrder } from './members.js';

/** The stack while it runs. */
export interface Stack {
  readonly ports: Ports;
  /** The variables that its processes were given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every process with where it answers. */
  readonly members: readonly { name: string; address: string }[];
  /** Kills a process as a crash would. It is started again like any that dies. */
  kill9(name: string): Promise<void>;
  /** Ends a process in order and leaves it so until {@link resume}: an outage. */
  rest(name: string): Promise<void>;
  /**
   * Starts a process that rests; resolves when it is ready. `env`: variables that it alone gets, and only this time: when it
   * dies, it is started again without them.
   */
  resume(name: string, env?: Readonly<Record<string, string>>): Promise<void>;
  /** Sends a signal to a process, e.g. SIGSTOP and SIGCONT: a pause as by a busy machine. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** Ends all in reverse order; resolves when nothing runs. */
  stop(): Promise<void>;
}

/**
 * Starts everything in order and keeps it running. When something does not start, all that ran is stopped
 * before it rejects.
 */
export async function startStack(options: {
  ports: Ports;
  environment: Record<string, string>;
  order: StartOrder;
  say: Say;
}): Promise<Stack> {
  const { ports, environment, order, say } = options;
  const members = order.flat().filter(isMember);
  await refuseTakenPorts(ports, members);

  const groups: KeptAlive[][] = [];
  const stop = async () => {
    for (let last = groups.pop(); last !== undefined; last = groups.pop()) {
      await Promise.all(last.map((member) => member.stop()));
    }
  };
  const find = (name: string): KeptAlive => {
    const found = groups.flat().find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new Error(`no process ${name}: there are ${members.map((one) => one.name).join(', ')}`);
  };
  try {
    for (const group of order) {
      const running: KeptAlive[] = [];
      groups.push(running);
      const started = await Promise.allSettled(group.map((one) => startOne(one, running, say)));
      const failed = started.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports,
    environment,
    members,
    stop,
    kill9: (name) => find(name).child().kill9(),
    rest: (name) => find(name).stop(),
    async resume(name, env) {
      const resting = find(name);
      const member = members.find((one) => one.name === name) as Member;
      const group = groups.find((running) => running.includes(resting)) as KeptAlive[];
      group[group.indexOf(resting)] = keepAlive(member, await member.start(env), say);
    },
    signal: (name, signal) => void process.kill(find(name).child().pid, signal),
  };
}

async function startOne(one: Member | Job, running: KeptAlive[], say: Say): Promise<void> {
  const started = Date.now();
  if (isMember(one)) running.push(keepAlive(one, await one.start(), say));
  else await one.run();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  say(`  ${one.name.padEnd(24)}${isMember(one) ? `ready on ${one.address}` : 'done'} (${seconds} s)`);
}

function isMember(one: Member | Job): one is Member {
  return 'start' in one;
}

async function refuseTakenPorts(ports: Ports, members: Member[]): Promise<void> {
  const taken: PortName[] = [];
  for (const name of members.flatMap((member) => member.ports)) {
    if (!(await isFree(ports[name]))) taken.push(name);
  }
  if (taken.length > 0) throw new Error(takenPorts(ports, taken));
}
