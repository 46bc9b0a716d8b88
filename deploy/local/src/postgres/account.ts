import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';

/** Under whose name PostgreSQL runs: it refuses to run as root. */
export interface ServerAccount {
  uid?: number;
  gid?: number;
  /** Put before a command so that it runs under that name. */
  wrap(command: string, args: string[]): { command: string; args: string[]; uid?: number; gid?: number };
}

const asOurselves: ServerAccount = { wrap: (command, args) => ({ command, args }) };

/**
 * Ourselves, unless we are root: then `postgres`, or `nobody` where no such user exists.
 * @param paths what that user must reach: the programs and the data folder.
 * @throws when we are root, a path lies in a folder closed to others and the machine has no `setpriv` to pass it.
 */
export function serverAccount(paths: string[]): ServerAccount {
  if (process.platform === 'win32' || userInfo().uid !== 0) return asOurselves;
  const { uid, gid } = idsOf('postgres') ?? idsOf('nobody') ?? { uid: 65534, gid: 65534 };
  const closed = paths.map(closedFolder).find((folder) => folder !== undefined);
  if (closed === undefined) return { uid, gid, wrap: (command, args) => ({ command, args, uid, gid }) };
  if (spawnSync('setpriv', ['--version']).status !== 0) {
    throw new Error(
      `PostgreSQL refuses to run as root, and other users cannot enter ${closed}. Move the checkout to a folder open to all, run as another user, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
  return {
    uid,
    gid,
    wrap: (command, args) => ({ command: 'setpriv', args: [...passage(uid, gid), command, ...args] }),
  };
}

/**
 * Another user who keeps the one right to pass folders closed to others: a clone below /root would not start otherwise.
 * The secure bit keeps access(2), by which PostgreSQL tests its own programs, from ignoring that right.
 */
function passage(uid: number, gid: number): string[] {
  const right = '+dac_read_search';
  const rights = ['--securebits', '+no_setuid_fixup', '--inh-caps', right, '--ambient-caps', right];
  return ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', ...rights];
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  const id = (flag: string) => spawnSync('id', [flag, user], { encoding: 'utf8' });
  const [uid, gid] = [id('-u'), id('-g')];
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function closedFolder(path: string): string | undefined {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    const parent = dirname(folder);
    if (folder !== resolve(path) && stat !== undefined && (stat.mode & 0o001) === 0) return folder;
    if (parent === folder) return undefined;
  }
}
