// Every npm script starts here, so that each works on a fresh clone: brings packages, Node 24, the build and Kafka's jars
// as far as the command needs them, then hands over to the command on Node 24. Node >= 18 built-ins only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchKafkaJars, kafkaJarsCached, requireJava, requireMaven } from './kafka-jars.mjs';
import { installPackages, node24, packagesInstalled } from './packages.mjs';
import { failure, say, step } from './steps.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join('node_modules', name);
const vitest = (...args) => [bin('vitest/vitest.mjs'), 'run', '--root', '.', ...args];
const local = (command) => ['deploy/local/dist/main.js', command];

/** What each command needs first, and what it then runs. `kafka`: the jars, unless KAFKA_BROKERS names a broker. */
const commands = {
  setup: { needs: ['build', 'kafka'] },
  demo: { needs: ['build', 'kafka'], run: local('demo') },
  up: { needs: ['build', 'kafka'], run: local('up') },
  bench: { needs: ['build', 'kafka'], run: ['libs/testing/dist/bench/main.js'] },
  sim: { needs: ['build'], run: ['libs/testing/dist/sim/main.js'] },
  crashpoints: { needs: ['build', 'kafka'], run: ['libs/testing/dist/crashpoints/main.js'] },
  chaos: { needs: ['build', 'kafka'], run: ['libs/testing/dist/chaos/main.js'] },
  sabotage: { needs: ['build', 'kafka'], run: ['libs/testing/dist/sabotage/main.js'] },
  check: { needs: [], run: ['scripts/check.mjs'] },
  test: { needs: ['build', 'kafka'], run: vitest() },
  'test:unit': { needs: [], run: vitest('--project', 'unit') },
  'test:int': { needs: ['kafka'], run: vitest('--project', 'int') },
  'test:e2e': { needs: ['build', 'kafka'], run: vitest('--project', 'e2e') },
};

async function main([name, ...args]) {
  if (name === 'down' || name === 'reset') return stop(name);
  const command = commands[name];
  if (command === undefined)
    throw failure(`no such command: ${name}. There are ${Object.keys(commands).join(', ')}, down, reset.`);
  const kafka = command.needs.includes('kafka') && !process.env.KAFKA_BROKERS;
  // What the machine lacks is said before anything long begins.
  requireDisk();
  if (kafka) requireJava();
  if (kafka && !kafkaJarsCached(root)) requireMaven();

  if (!packagesInstalled(root)) await step('install packages', () => installPackages(root));
  const node = node24(root);
  if (command.needs.includes('build')) await step('build', () => build(node));
  if (kafka && !kafkaJarsCached(root)) await step("fetch Kafka's jars", () => fetchKafkaJars(root));
  else if (kafka) fetchKafkaJars(root);
  if (command.run === undefined) return say('ready: `npm run demo` shows it, `npm test` tests it');
  return handOver(node, [...command.run, ...args]);
}

/** Stopping needs nothing but what is there: no install, no build, no Java. */
function stop(name) {
  const built = existsSync(join(root, local(name)[0])) && existsSync(join(root, 'node_modules', '.bin', 'node'));
  if (built) return handOver(node24(root), local(name));
  if (name === 'reset') rmSync(join(root, '.data'), { recursive: true, force: true });
  say('nothing was running: this checkout has never been built');
}

function requireDisk() {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  if (free < 1e9)
    throw failure(
      `Only ${(free / 1e9).toFixed(1)} GB are free on the disk of ${root}; 1 GB is needed. Make room first.`,
    );
}

function build(node) {
  const done = spawnSync(node, [bin('typescript/bin/tsc'), '-b'], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) throw failure('the build failed: see the lines of tsc above');
}

/** Runs the command on Node 24 and ends as it ends; whoever stops us, stops it. */
function handOver(node, args) {
  const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`;
  // kafkajs asks for a wait of less than nothing at every connect; only this warning is silenced (stack.md §5.3).
  const options = `${process.env.NODE_OPTIONS ?? ''} --disable-warning=TimeoutNegativeWarning`.trim();
  const env = { ...process.env, PATH: path, NODE_OPTIONS: options };
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.told ? `voucherline: ${error.message}` : error);
  process.exit(1);
});
