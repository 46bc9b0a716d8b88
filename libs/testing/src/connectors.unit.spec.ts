import { globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { masterDataCalls, sourceCalls, targetCalls } from '@voucherline/connectors/calls';
import { manifests, masterDataPure, sourcePure, targetPure } from '@voucherline/connectors/pure';
import { sandboxes } from '@voucherline/connectors/sandbox';
import { checkout } from '@voucherline/local';
import { describe, expect, it } from 'vitest';

const folder = join(checkout, 'libs', 'connectors');
const products = readdirSync(folder).filter((name) => name !== 'registry');

describe.each(products)('the connector %s', (product) => {
  it('is registered whole: both halves and a sandbox', () => {
    expect(manifests().map((manifest) => manifest.product)).toContain(product);
    expect(sourcePure(product) === undefined).toBe(sourceCalls(product) === undefined);
    expect(targetPure(product) === undefined).toBe(targetCalls(product) === undefined);
    const showsMasterData = manifests().some((one) => one.product === product && one.masterData !== undefined);
    const halves = [masterDataPure(product), masterDataCalls(product)].map((half) => half !== undefined);
    expect(halves).toEqual([showsMasterData, showsMasterData]);
    expect(sandboxes.map((sandbox) => sandbox.product)).toContain(product);
  });

  it('runs the conformance suites of what it is', () => {
    const specs = globSync('src/**/conformance*.spec.ts', { cwd: join(folder, product) });
    expect(
      specs.some((file) => file.endsWith('.int.spec.ts')),
      'calls against its sandbox',
    ).toBe(true);
    if (sourcePure(product))
      expect(
        specs.some((file) => file.endsWith('.unit.spec.ts')),
        'signatures',
      ).toBe(true);
  });

  it('says what a connection needs in words people can use', () => {
    const manifest = manifests().find((one) => one.product === product);
    expect(manifest?.settings.map(({ name }) => name)).toContain('baseUrl');
    for (const field of [...(manifest?.settings ?? []), ...(manifest?.secrets ?? [])]) {
      expect(field.label.en.length * field.label.zh.length * field.description.length, field.name).toBeGreaterThan(0);
    }
  });
});
