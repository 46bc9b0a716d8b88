import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Child, launch } from '../processes/child.js';
import { requireFree } from '../processes/free-port.js';
import { logSize, logTail } from '../processes/log-tail.js';
import { waitUntil } from '../processes/wait-until.js';
import { type ServerAccount, serverAccount } from './account.js';
import { installation, postgresBinaries } from './binaries.js';

export interface PostgresOptions {
  dataDir: string;
  port: number;
  /** The server's log is appended to this file. */
  logFile: string;
  /** Kept while it runs, see {@link launch}. */
  pidFile?: string | undefined;
  /** Server settings beside our own, e.g. `{ fsync: 'off' }` for data that nobody needs after a power cut. */
  settings?: Record<string, string>;
}

/** A running server: `url` is what DATABASE_URL takes; its user may create databases. */
export interface Postgres extends Child {
  readonly url: string;
}

const name = 'voucherline';
/**
 * The server listens on loopback only, so it guards nothing. Logs mask it wherever it stands, as they do any password: a word of
 * its own, or every path with our name in it would be masked.
 */
const password = 'loopback-only';

/** How to reach the server on a port. */
export function postgresUrl(port: number, database = name): string {
  return `postgresql://${name}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Starts PostgreSQL on loopback and waits until the database `voucherline` answers. The first start creates the cluster
 * in `dataDir`; later ones find their data again, after a crash too. As root it runs as another user.
 * @throws when this machine has no binary, another server runs on `dataDir`, the port is taken, or the server ends or is silent for a minute.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataDir, port, logFile, pidFile } = options;
  const binaries = await postgresBinaries();
  mkdirSync(dirname(dataDir), { recursive: true });
  const account = serverAccount([installation(binaries), dataDir]);
  if (!existsSync(dataDir)) await createCluster(binaries.initdb, account, options);
  removeStalePidFile(dataDir);
  await requireFree('postgres', [port]);

  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...options.settings,
  };
  const args = [
    '-D',
    dataDir,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
  const start = () =>
    launch({
      name: 'postgres',
      ...account.wrap(binaries.postgres, args),
      cwd: '/',
      logFile,
      pidFile,
      stopSignal: 'SIGINT',
    });
  const child = await untilReady(start, () => databaseAnswers(port), logFile);
  return Object.assign(child, { url: postgresUrl(port) });
}

/** Into a folder beside, then renamed: a broken initdb leaves no half cluster that a later start would trust. */
async function createCluster(
  initdb: string,
  account: ServerAccount,
  { dataDir, logFile }: PostgresOptions,
): Promise<void> {
  const fresh = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    for (const path of [fresh, passwordFile]) chownSync(path, account.uid, account.gid);
  }
  try {
    const args = [
      '-D',
      fresh,
      '-U',
      name,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--no-locale',
    ];
    const child = await launch({ name: 'initdb', ...account.wrap(initdb, args), cwd: '/', logFile });
    const ended = await child.exited;
    if (ended !== 'code 0') throw new Error(`initdb ended with ${ended}:\n${logTail(logFile).trim()}`);
    renameSync(fresh, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * A server that was killed leaves its pid file, and PostgreSQL believes it as soon as any process has got that number
 * since. So it goes unless that process really is a server on this folder (servers work inside their data folder).
 * @throws when it is.
 */
function removeStalePidFile(dataDir: string): void {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (workingFolder(pid) === dataDir) throw new Error(`A PostgreSQL already runs on ${dataDir} (process ${pid}).`);
  // Where /proc does not tell, PostgreSQL's own test has to do.
  if (process.platform === 'linux') rmSync(pidFile, { force: true });
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Backends of a killed server hold its shared memory for a moment, during which a new one refuses to start. */
async function untilReady(
  start: () => Promise<Child>,
  answers: () => Promise<boolean>,
  logFile: string,
): Promise<Child> {
  for (let attempt = 1; ; attempt++) {
    const logFrom = logSize(logFile);
    const child = await start();
    try {
      await waitUntil(child, answers, { limitMs: 60_000, logFrom });
      return child;
    } catch (error) {
      await child.kill9();
      if (attempt >= 20 || !logTail(logFile, logFrom).includes('shared memory block')) throw error;
      await pause(250);
    }
  }
}

async function databaseAnswers(port: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: postgresUrl(port, 'postgres'), connectionTimeoutMillis: 2_000 });
  // A server that goes away while it starts must not end us by an unhandled event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${name}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
