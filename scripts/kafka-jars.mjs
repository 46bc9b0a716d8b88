// Fetches the jars of the embedded Kafka broker. Node >= 18 built-ins only.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { failure } from './steps.mjs';

const choices =
  'Install it, or run `docker compose up` instead, or set KAFKA_BROKERS and DATABASE_URL to a Kafka and a PostgreSQL of your own.';

/** The folder that holds the jars of the pinned versions; shared by all checkouts of this user. */
function cacheFolder(pom) {
  const text = readFileSync(pom, 'utf8');
  const version = (name) => text.match(new RegExp(`<${name}\\.version>(.+?)</`))?.[1];
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'voucherline', `kafka-libs-${version('kafka')}-log4j-${version('log4j')}`);
}

/** Ends with one clear line unless a Java that can run Kafka 4 (17 or newer) is here. */
export function requireJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const asked = spawnSync(java, ['-version'], { encoding: 'utf8' });
  if (asked.error)
    throw failure(`Java is missing: Kafka 4 needs Java 17 or newer, and \`${java}\` was not found. ${choices}`);
  const major = Number(asked.stderr.match(/version "(\d+)/)?.[1]);
  if (!(major >= 17)) {
    throw failure(
      `Java is too old: Kafka 4 needs 17 or newer, \`${java}\` is ${major || 'of an unknown version'}. ${choices}`,
    );
  }
}

/** Ends with one clear line unless Maven is here; only needed while the jars are not in the cache. */
export function requireMaven() {
  if (spawnSync('mvn', ['-v']).error)
    throw failure(`Maven is missing: it fetches Kafka's jars once, and \`mvn\` was not found. ${choices}`);
}

/** Puts the jars into the cache unless they are there, and links `.data/kafka-libs` to it. */
export function fetchKafkaJars(root) {
  const pom = join(root, 'deploy', 'local', 'kafka', 'pom.xml');
  const cache = cacheFolder(pom);
  if (!existsSync(cache)) download(pom, cache);
  link(cache, join(root, '.data', 'kafka-libs'));
}

/** Whether {@link fetchKafkaJars} has anything to download. */
export function kafkaJarsCached(root) {
  return existsSync(cacheFolder(join(root, 'deploy', 'local', 'kafka', 'pom.xml')));
}

function download(pom, cache) {
  // Into a folder of this process first: a rename is atomic, so a broken download or a second checkout never leaves half a set.
  const partial = `${cache}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  const maven = spawnSync('mvn', ['-q', '-B', '-f', pom, ...goal], { encoding: 'utf8' });
  if (maven.status !== 0) rmSync(partial, { recursive: true, force: true });
  if (maven.error)
    throw failure(`Maven is missing: it fetches Kafka's jars once, and \`mvn\` was not found. ${choices}`);
  if (maven.status !== 0)
    throw failure(`Maven could not fetch Kafka's jars: ${essence(`${maven.stdout}${maven.stderr}`)} ${choices}`);
  try {
    renameSync(partial, cache);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(cache)) throw error;
  }
}

function essence(output) {
  const line = output.split('\n').find((candidate) => candidate.startsWith('[ERROR]'));
  return (line ?? output.trim().split('\n').at(-1) ?? '').replace('[ERROR] ', '').slice(0, 300);
}

function link(target, path) {
  mkdirSync(join(path, '..'), { recursive: true });
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(path) === target) return;
  if (there) rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path, 'dir');
}
