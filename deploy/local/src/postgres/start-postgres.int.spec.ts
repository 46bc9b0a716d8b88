import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { freePorts } from '../processes/free-port.js';
import { type Postgres, startPostgres } from './start-postgres.js';

// Closed to other users, as a home folder is: as root the server has to pass it.
const folder = mkdtempSync(join(tmpdir(), 'voucherline-postgres-'));
const dataDir = join(folder, 'postgres');
let running: Postgres | undefined;

afterAll(async () => {
  await running?.kill9();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Postgres> {
  const [port] = (await freePorts(1)) as [number];
  running = await startPostgres({ dataDir, port, logFile: join(folder, 'postgres.log') });
  return running;
}

async function query(server: Postgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

test('the server answers and keeps its data over an orderly end and a crash', async () => {
  const first = await start();
  await query(first, 'create table kept as select 1 as n');
  await first.stop();
  expect(first.ended).toBe('code 0');

  const second = await start();
  expect(await query(second, 'insert into kept values (2) returning n')).toEqual([2]);
  await second.kill9();
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(true);

  const third = await start();
  expect(await query(third, 'select n from kept order by n')).toEqual([1, 2]);
});

test('a pid file that another process inherited does not stop the start; a living server does', async () => {
  await expect(start()).rejects.toThrow(/already runs/);
  await running?.kill9();
  writeFileSync(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
  const server = await start();
  expect(await query(server, 'select count(*)::int from kept')).toEqual([2]);
});
