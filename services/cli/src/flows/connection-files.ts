import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { manifests } from '@voucherline/connectors/pure';
import type { ConnectionContent } from '@voucherline/contracts';
import { parse } from 'yaml';

/** What a flow's evaluation needs of a connection's file, whether or not its addresses and secrets are at hand. */
export interface ConnectionFile extends Pick<ConnectionContent, 'name' | 'product' | 'settings' | 'timeZone'> {
  readonly file: string;
}

/** How far above a flow its connections may be. */
const LEVELS = 4;

/** Connections by name, from the nearest folder `connections` beside or above a flow's file; empty when there is none. */
export function connectionFilesNear(file: string): ReadonlyMap<string, ConnectionFile> {
  let folder = dirname(resolve(file));
  for (let level = 0; level < LEVELS; level++, folder = dirname(folder)) {
    const connections = join(folder, 'connections');
    if (existsSync(connections)) return readAll(connections);
  }
  return new Map();
}

/** What can't be read is left out: `publish` tells its faults. */
function readAll(folder: string): ReadonlyMap<string, ConnectionFile> {
  const found = new Map<string, ConnectionFile>();
  for (const child of readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))) {
    const file = join(folder, child);
    const content = readYaml(file);
    const { name, product, timeZone, settings } = content as Partial<Record<string, unknown>>;
    if (typeof name !== 'string' || typeof product !== 'string' || typeof timeZone !== 'string') continue;
    found.set(name, {
      ...{ name, product, timeZone, file: relative(process.cwd(), file) },
      settings: { ...defaultsOf(product), ...(settings as ConnectionContent['settings'] | undefined) },
    });
  }
  return found;
}

function defaultsOf(product: string): ConnectionContent['settings'] {
  const declared = manifests().find((manifest) => manifest.product === product)?.settings ?? [];
  return Object.fromEntries(
    declared.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
  );
}

function readYaml(file: string): object {
  try {
    return (parse(readFileSync(file, 'utf8')) as object | null) ?? {};
  } catch {
    return {};
  }
}
