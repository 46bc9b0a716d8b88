import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '@voucherline/local';
import { expect, it } from 'vitest';

interface Package {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const read = (path: string) => JSON.parse(readFileSync(join(checkout, path), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, Package>> };
const workspaces = Object.entries(packages).filter(([path]) => path !== '' && !path.includes('node_modules'));

// npm installs from a lock that lacks a workspace's own needs, and keeps another list: every command would then install anew.
it.each(workspaces)('the lock file knows what %s needs (else: npm install --package-lock-only)', (path, locked) => {
  const { dependencies = {} } = read(join(path, 'package.json')) as Package;
  expect(locked.dependencies ?? {}).toEqual(dependencies);
});
