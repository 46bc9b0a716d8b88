import { join } from 'node:path';
import { type FaultRule, Faults } from './faults.js';
import { type Sandbox, type SandboxOptions, type SandboxProduct, startSandboxServer } from './server.js';

/** A running sandbox; `bookPath` is its book, for `readBook`. */
export interface BookedSandbox extends Sandbox {
  readonly bookPath: string;
}

/** What a product's sandbox is made with. */
export interface SandboxMakings<S> {
  readonly settings: S;
  readonly bookPath: string;
  readonly faults: Faults;
}

/**
 * How a product's sandbox is started: given settings lie over `defaults`, and its book is `<dataDir>/<product>.jsonl`. What
 * `start` returns throws {RangeError} for a name that is no setting.
 */
export function sandboxStart<S extends { readonly faults: readonly Record<string, unknown>[] }>(
  product: string,
  defaults: S,
  make: (makings: SandboxMakings<S>) => Promise<Omit<SandboxProduct, 'faults'>>,
): (options: SandboxOptions) => Promise<BookedSandbox> {
  return async ({ port, host, dataDir, settings: given = {} }) => {
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(defaults, name));
    if (unknown !== undefined) throw new RangeError(`settings: "${unknown}" is no setting of this sandbox`);
    const settings: S = { ...defaults, ...given };
    const bookPath = join(dataDir, `${product}.jsonl`);
    const faults = new Faults(settings.faults as unknown as FaultRule[]);
    const made = await make({ settings, bookPath, faults });
    return { ...(await startSandboxServer({ ...made, faults }, port, host)), bookPath };
  };
}
