import { freePorts } from './processes/free-port.js';

/**
 * Every port of the embedded stack, as an offset from VOUCHERLINE_PORT_BASE: one number moves them all, so two checkouts
 * can run beside each other. All listen on loopback.
 */
const offsets = {
  kafka: 0,
  'kafka-controller': 1,
  postgres: 2,
  'webhook-ingestion': 10,
  'webhook-ingestion-2': 11,
  'webhook-ingestion-ops': 20,
  'collector-ops': 21,
  'transformer-ops': 22,
  'erp-writer-ops': 23,
  // Second instances, where a stack is asked for them.
  'webhook-ingestion-2-ops': 24,
  'collector-2-ops': 25,
  'transformer-2-ops': 26,
  'erp-writer-2-ops': 27,
  'dingtalk-sandbox': 30,
  'kingdee-sandbox': 31,
  'second-kingdee-sandbox': 32,
} as const;

export type PortName = keyof typeof offsets;
export type Ports = Readonly<Record<PortName, number>>;

const variable = 'VOUCHERLINE_PORT_BASE';
const defaultBase = 18_600;
const highest = 65_535 - Math.max(...Object.values(offsets));

/** The ports for this environment. @throws when VOUCHERLINE_PORT_BASE is not a usable number. */
export function portTable(env: Readonly<Record<string, string | undefined>>): Ports {
  const given = env[variable] || String(defaultBase);
  const base = Number(given);
  if (!/^\d+$/.test(given) || base < 1024 || base > highest) {
    throw new Error(
      `${variable}: "${given}" is no port to count from. Set it to a whole number from 1024 to ${highest}.`,
    );
  }
  return Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, base + offset])) as Ports;
}

/** Ports that nobody uses now, for a stack that runs beside others, as in tests. */
export async function freePortTable(): Promise<Ports> {
  const names = Object.keys(offsets);
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, at) => [name, ports[at]])) as Ports;
}

/** What to say when ports are taken; `taken` may name several. */
export function takenPorts(ports: Ports, taken: PortName[]): string {
  const named = taken.map((name) => `${ports[name]} (${name})`).join(', ');
  const free = ports.kafka === defaultBase ? defaultBase + 1_000 : defaultBase;
  return `taken by another program: port ${named}. ${variable} moves all ports, e.g. ${variable}=${free}.`;
}
