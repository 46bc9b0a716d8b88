import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFlows } from '../configuration-files.js';
import { benchOf, runCases } from './run-cases.js';

/** Of each sample, because people learn from them what can go wrong. */
const LEAST_CASES = 6;

const samples = readFlows([fileURLToPath(new URL('../../../../deploy/flows', import.meta.url))], 'nothing was tested');

test.each(samples.map((flow) => [flow.value.flow.name, flow] as const))(
  'the cases of %s come out as they say',
  (_, flow) => {
    const results = runCases(benchOf(flow)) ?? [];
    expect(results.length).toBeGreaterThanOrEqual(LEAST_CASES);
    expect(results.flatMap(({ name, complaints }) => complaints.map((complaint) => `${name}: ${complaint}`))).toEqual(
      [],
    );
  },
);
