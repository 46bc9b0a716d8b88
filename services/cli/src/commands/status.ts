import type { ConnectionStatus, WorkStatus } from '@voucherline/work';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { table } from '../table.js';

/** `voucherline status`: what each service says about itself. */
export const status: Command = {
  name: 'status',
  summary: 'what runs, what waits, what is left of each budget',
  help: `voucherline status

Asks the operations port of each service named in VOUCHERLINE_OPS (name=http://host:port, comma between); the local stack sets it.`,
  async run(_args, context) {
    const services = operationsPorts(context.env.VOUCHERLINE_OPS);
    const reports = await Promise.all(
      services.map(async ({ name, url }) => ({ name, url, ready: await readiness(url) })),
    );
    for (const line of table(
      ['service', 'ready', 'operations port'],
      reports.map(({ name, ready, url }) => [name, ready, url]),
    ))
      context.say(line);
    for (const { name, url } of services) await sayConnections(name, url, context);
    return reports.every(({ ready }) => ready === 'yes') ? 0 : 1;
  },
};

function operationsPorts(text: string | undefined): readonly { name: string; url: string }[] {
  if (!text)
    throw new CommandError(
      'status: VOUCHERLINE_OPS is not set; start the local stack (npm run up) or name the services',
    );
  return text.split(',').map((entry) => {
    const [name, url] = entry.split('=');
    if (!name || !url || !URL.canParse(url))
      throw new CommandError(`status: VOUCHERLINE_OPS "${entry}": write name=http://host:port`);
    return { name, url };
  });
}

async function readiness(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3000) });
    if (response.ok) return 'yes';
    const { checks } = (await response.json()) as { checks: Record<string, string> };
    return `no: ${Object.entries(checks)
      .filter(([, state]) => state !== 'ok')
      .map(([name, state]) => `${name} ${state}`)
      .join(', ')}`;
  } catch {
    return 'no answer';
  }
}

async function sayConnections(name: string, url: string, context: CommandContext): Promise<void> {
  const connections = (await workersOf(url)).flatMap(({ connections }) => connections);
  if (connections.length === 0) return;
  context.say(`\n${name}`);
  const header = [
    'connection',
    'waiting',
    'oldest',
    'done in',
    'breaker',
    'rests until',
    'calls this month',
    'left',
    'sweeps every',
  ];
  for (const line of table(header, connections.map(cells))) context.say(line);
}

function cells(one: ConnectionStatus): readonly string[] {
  return [
    one.connection,
    String(one.backlog),
    `${Math.round(one.oldestAgeSeconds)} s`,
    one.drainSeconds === null ? 'unknown' : `${one.drainSeconds} s`,
    one.leased ? one.breaker : 'not leased',
    one.restingUntil ?? '-',
    String(one.callsThisMonth),
    one.budget === null ? 'no limit' : String(one.budget),
    `${Math.round(one.sweepIntervalSeconds)} s`,
  ];
}

/** Empty for a service that calls no vendor, and for one that does not answer (said above). */
async function workersOf(url: string): Promise<readonly WorkStatus[]> {
  try {
    const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(3000) });
    return response.ok ? Object.values((await response.json()) as Record<string, WorkStatus>) : [];
  } catch {
    return [];
  }
}
