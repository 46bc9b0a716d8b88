import type { SandboxReply, SandboxRequest } from './exchange.js';
import type { Faults } from './faults.js';
import { type FaultRule } from './faults.js';

/** A call of the control API, with the parts of the path that its route names. */
export interface ControlCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body; `{}` when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A route below `/_sandbox`, e.g. `POST /payapply/:number/audit`. What it returns is sent as JSON. */
export type ControlRoutes = Readonly<Record<`${'GET' | 'POST' | 'DELETE'} /${string}`, (call: ControlCall) => unknown>>;

/** A control call that can't be done: tells the tester what to mend. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Compiled {
  readonly method: string;
  readonly pattern: RegExp;
  readonly run: (call: ControlCall) => unknown;
}

/** Answers calls of the control API by the first route that fits. */
export function controlApi(routes: ControlRoutes): (request: SandboxRequest) => Promise<SandboxReply> {
  const compiled = Object.entries(routes).map(([route, run]): Compiled => {
    const [method = '', path = ''] = route.split(' ');
    const source = path.replace(/:(\w+)/g, '(?<$1>[^/]+)');
    return { method, pattern: new RegExp(`^/_sandbox${source}$`), run };
  });
  return async (request) => {
    for (const { method, pattern, run } of compiled) {
      const match = method === request.method ? pattern.exec(request.path) : null;
      if (match === null) continue;
      try {
        const groups = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]);
        const result = await run({
          params: Object.fromEntries(groups),
          query: request.query,
          body: parse(request.body),
        });
        return { body: JSON.stringify(result ?? { ok: true }) };
      } catch (error) {
        const status = error instanceof ControlRefusal ? error.status : error instanceof RangeError ? 400 : 500;
        return { status, body: JSON.stringify({ error: (error as Error).message }) };
      }
    }
    const known = Object.keys(routes).map((route) => route.replace(' ', ' /_sandbox'));
    return {
      status: 404,
      body: JSON.stringify({ error: `no control route ${request.method} ${request.path}`, known }),
    };
  };
}

/** The routes that every sandbox has for its faults. */
export function faultRoutes(faults: Faults): ControlRoutes {
  return {
    'GET /faults': () => faults.list(),
    'POST /faults': ({ body }) => {
      faults.add(body as unknown as FaultRule);
      return faults.list();
    },
    'DELETE /faults': () => {
      faults.clear();
      return [];
    },
  };
}

function parse(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new ControlRefusal(400, 'the body is no JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ControlRefusal(400, 'the body must be a JSON object');
  }
  return value as Record<string, unknown>;
}
