import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from '@voucherline/contracts';
import { MemoryBroker, MemoryLog } from '@voucherline/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../command.js';
import { publish } from './publish.js';

const DEPLOY = new URL('../../../../deploy/', import.meta.url);
const sample = (name: string) => readFileSync(new URL(name, DEPLOY), 'utf8');
const flow = sample('flows/dingtalk-payment-request/flow.yaml');

let folder: string;
let log: MemoryLog;
let context: CommandContext;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'));
  log = new MemoryLog({ shards: 2 });
  const broker = new MemoryBroker(log);
  const url = 'http://127.0.0.1:1';
  const env = { VOUCHERLINE_DINGTALK_URL: url, VOUCHERLINE_KINGDEE_URL: url };
  context = { env, signal: new AbortController().signal, say: () => {}, note: () => {}, broker: async () => broker };
  for (const name of ['dingtalk-main', 'kingdee-hq']) write(name, sample(`connections/${name}.yaml`));
  write('flow', flow);
  await publish.run([folder], context);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.yaml`), text);
}
const published = () => log.partition('configuration.published.v1', 0).map((record) => decode(record).key);
const again = () => publish.run([folder], context);

describe('publish', () => {
  it('puts each version onto the log once', async () => {
    const all = ['dingtalk-main', 'kingdee-hq', 'dingtalk-payment-request'];
    expect(published()).toEqual(all);
    await again();
    write('flow', flow.replace('72h', '48h'));
    await again();
    expect(published()).toEqual([...all, 'dingtalk-payment-request']);
  });

  it('refuses another voucher name for a published flow, with file, line, field and mend, and publishes nothing', async () => {
    write('flow', flow.replace('name: payment-bill', 'name: bill'));
    await expect(again()).rejects.toThrow(
      /flow\.yaml:\d+:\d+: voucher\.name: flow dingtalk-payment-request is published with .* Write payment-bill again/,
    );
    expect(published()).toHaveLength(3);
  });

  it('remembers the voucher names of versions that are no longer in force', async () => {
    write('flow', flow.replace('PROC-PAYMENT', 'PROC-EXPENSE'));
    await again();
    write('other', flow.replace('name: dingtalk-payment-request', 'name: successor'));
    await expect(again()).rejects.toThrow(/other\.yaml:.*"payment-bill" was published as the voucher of flow/);
  });
});
