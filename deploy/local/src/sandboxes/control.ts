/** A fault on demand, as every sandbox takes it; kinds are in the sandbox's README. */
export interface Fault {
  readonly kind: string;
  /** The vendor's operation; absent: all. */
  readonly operation?: string;
  readonly delayMs?: number;
  readonly times?: number;
  readonly executed?: boolean;
  /** 0 to 1; absent: always. */
  readonly probability?: number;
  readonly seed?: number;
}

/** The control API of one sandbox: `/_sandbox/…`, JSON in and out. */
export class SandboxControl {
  readonly url: string;

  constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  fault(fault: Fault): Promise<unknown> {
    return this.post('/faults', fault);
  }

  async withoutFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  /** How often each fault bit. */
  faults(): Promise<readonly (Fault & { readonly bit: number })[]> {
    return this.get('/faults');
  }

  /** Calls by operation since the start. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    return (await this.get<{ calls: Record<string, number> }>('/stats')).calls;
  }

  protected get<T>(path: string): Promise<T> {
    return this.#call('GET', path);
  }

  protected post<T>(path: string, body: object = {}): Promise<T> {
    return this.#call('POST', path, body);
  }

  /** @throws with the sandbox's own words when it refuses */
  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}/_sandbox${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(10_000),
    });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(`${method} ${this.url}/_sandbox${path}: ${answer.error ?? response.status}`);
    return answer;
  }
}
