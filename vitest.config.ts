import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { sabotaged } from './libs/testing/src/sabotage/plugin.js';
import { CountReporter } from './scripts/count-reporter.mjs';

// Packages of ours resolve to their sources, so tests need no build; only end-to-end tests run what was built.
const conditions = ['@voucherline/source', ...defaultServerConditions];
const servers = ['libs/testing/src/global-setup.ts'];
const stack = ['libs/testing/src/e2e/global-setup.ts'];

/** A tier is told by the file name. Groups run one after another: what fails in milliseconds is heard first. */
function tier(name: string, groupOrder: number, options: object = {}) {
  return {
    extends: true as const,
    test: { name, include: [`**/*.${name}.spec.ts`], sequence: { groupOrder }, ...options },
  };
}

// These tests wait for other processes, on whatever machine; a second try tells slow from broken. It can't hide a double or a
// draft left behind, because the books are compared as a whole after each file; the report names what was tried twice.
const real = { retry: 1 };

/** A guard that is switched off in this run: `npm run sabotage` sees to it that some test fails then. */
const { VOUCHERLINE_SABOTAGE } = process.env;

export default defineConfig({
  plugins: VOUCHERLINE_SABOTAGE ? [sabotaged(VOUCHERLINE_SABOTAGE)] : [],
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // What a sabotaged run loads must come from no cache, and go into none.
    fsModuleCache: !VOUCHERLINE_SABOTAGE,
    reporters: ['default', new CountReporter()],
    exclude: ['**/node_modules/**', '**/dist/**', '.data/**'],
    projects: [
      tier('unit', 1, { maxWorkers: 2 }),
      tier('int', 2, { ...real, globalSetup: servers, maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 }),
      tier('e2e', 3, {
        ...real,
        globalSetup: stack,
        fileParallelism: false,
        testTimeout: 180_000,
        hookTimeout: 180_000,
      }),
    ],
  },
});
