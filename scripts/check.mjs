// All checks, each with its time; every one is heard before the answer. Runs on the Node that runs it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { say } from './steps.mjs';

const tool = (name) => join('node_modules', name);
const checks = {
  'format and lint (biome)': [tool('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings'],
  'types (tsc)': [tool('typescript/bin/tsc'), '-b'],
  'walls between rooms (dependency-cruiser)': [
    tool('dependency-cruiser/bin/dependency-cruiser.mjs'),
    ...['libs', 'services', 'deploy/local', '--config', '.dependency-cruiser.cjs'],
  ],
  'promises, time and chance (eslint)': [tool('eslint/bin/eslint.js'), '--max-warnings', '0', '.'],
};

const failed = Object.entries(checks).filter(([title, args]) => {
  const started = Date.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  say(`${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return status !== 0;
});
if (failed.length > 0) {
  say(`failed: ${failed.map(([title]) => title).join(', ')}`);
  process.exit(1);
}
