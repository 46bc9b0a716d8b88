import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallContext, type ReadOutcome, tableKey } from '@voucherline/connector-kit';
import { leaseOn } from '@voucherline/connector-kit/conformance';
import { masterDataCalls, sourceCalls, targetCalls } from '@voucherline/connectors/calls';
import { manifests, masterDataPure } from '@voucherline/connectors/pure';
import { sandboxes } from '@voucherline/connectors/sandbox';
import type { ConnectionContent, DocumentCollected, SweepCompleted } from '@voucherline/contracts';
import { configurationOf } from '@voucherline/pipeline';
import type { KeyedDraft, Lane } from '@voucherline/work';
import { expect, it, onTestFinished } from 'vitest';
import { type ReadState, readWorker } from './read-worker.js';

const worker = readWorker({ source: sourceCalls, target: targetCalls, masterData: masterDataCalls });
const NOW = Date.parse('2026-11-20T02:00:00Z');

/** A connection to the sandbox of a product, as its own defaults want it. */
const PRODUCTS = {
  dingtalk: {
    path: '',
    account: 'dingcorp0001',
    settings: { appKey: 'dingappkey000001', processCodes: [] },
    appSecret: 'sandboxAppSecret0001',
  },
  'kingdee-galaxy': {
    path: '/k3cloud',
    account: '65000000000001',
    settings: { userName: 'voucherline', appId: '100001_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY' },
    appSecret: 'app-secret-for-tests',
  },
};
type Product = keyof typeof PRODUCTS;

async function open(product: Product, kind: string): Promise<CallContext> {
  const dataDir = mkdtempSync(join(tmpdir(), 'collector-'));
  const sandbox = await sandboxes.find((one) => one.product === product)?.start({ dataDir });
  if (sandbox === undefined) throw new Error(`no sandbox of ${product}`);
  const { path, account, settings, appSecret } = PRODUCTS[product];
  const content: ConnectionContent = {
    ...{ name: 'c', product, account, timeZone: 'Asia/Shanghai', secrets: {} },
    settings: { ...settings, baseUrl: sandbox.url + path, masterData: [kind] },
    limits: { perSecond: 100, concurrency: 4 },
  };
  const lease = leaseOn(sandbox.url + path, { content, secrets: { appSecret: { current: appSecret } } });
  onTestFinished(async () => {
    await lease.http.close();
    await sandbox.close();
  });
  return lease;
}

/** Walks a table to its end as the runner does. */
async function walked(key: string, context: CallContext): Promise<readonly KeyedDraft[]> {
  const { content } = context.connection;
  const configuration = configurationOf([
    { type: 'ConnectionPublished', data: { name: content.name, hash: 'h', content } },
  ] as never);
  const said: KeyedDraft[] = [];
  let lane: Lane<ReadState> = { connection: content.name, key, state: null, mailbox: [] };
  for (let calls = 0; calls < 50; calls += 1) {
    const step = worker.plan(lane, { now: NOW, configuration, sweepIntervalMs: 0, random: () => 0 });
    if (step.kind !== 'call') return said;
    const outcome = (await step.run(context)) as ReadOutcome<unknown>;
    const { state, messages = [] } = step.settle(outcome, NOW);
    lane = { ...lane, state };
    said.push(...messages);
  }
  throw new Error('the walk has no end');
}

const tables = (Object.keys(PRODUCTS) as Product[]).flatMap((product) =>
  Object.keys(masterDataPure(product)?.manifest.masterData ?? {}).map((kind) => ({ product, kind })),
);

it.each(tables)(
  '$kind of the $product sandbox come as rows that its pure half reads, and as one end',
  async ({ product, kind }) => {
    const context = await open(product, kind);
    const { account } = context.connection.content;
    const key = tableKey({ product, account }, kind);
    const said = await walked(key, context);
    const rows = said.filter(({ type }) => type === 'DocumentCollected').map(({ data }) => data as DocumentCollected);
    expect(rows.length).toBeGreaterThan(1);
    for (const { document, content } of rows) {
      const entry = masterDataPure(product)?.entry(kind, content);
      expect(document).toBe(`${product}/${account}/${kind}/${entry?.code}`);
    }
    expect(new Set(rows.map(({ document }) => document)).size).toBe(rows.length);
    expect(said.at(-1)?.data).toMatchObject({ kind, ids: [], complete: true } satisfies Partial<SweepCompleted>);
    expect(new Set(said.map((draft) => draft.key))).toEqual(new Set([key]));
    expect(said).toHaveLength(rows.length + 1);
  },
);

it('every product that shows master data is tried', () => {
  const showing = manifests().filter(({ masterData }) => masterData !== undefined);
  expect(showing.map(({ product }) => product)).toEqual(Object.keys(PRODUCTS));
});
