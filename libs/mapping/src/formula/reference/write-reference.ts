import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reference } from './reference.js';

// From `dist/formula/reference`.
writeFileSync(fileURLToPath(new URL('../../../FUNCTIONS.md', import.meta.url)), reference());
