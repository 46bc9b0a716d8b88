#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
// A file of its own, because npm links it when it installs, before anything is built.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error('voucherline: not built yet, run `npm run setup` once');
  process.exitCode = 1;
}
