import { readdirSync, readFileSync } from 'node:fs';
import type { ConnectionContent } from '@voucherline/contracts';
import { checkFlow, faultText } from '@voucherline/mapping';
import { CORP } from '@voucherline/transformer/fixtures';
import { ACCOUNT_SET } from './vendors/book.js';
import { FORMS } from './vendors/dingtalk.js';
import type { World } from './world.js';

const FLOWS = new URL('../../../../deploy/flows/', import.meta.url);
const TABLES = new URL('tables/', FLOWS);
const SAMPLES = ['dingtalk-payment-request', 'dingtalk-expense-claim'].map(flowOf);

/** Publishes the two connections and the sample flows, as `voucherline publish` does. */
export function publishConfiguration(world: World): void {
  const contents = [
    connection('dingtalk-main', 'dingtalk', CORP),
    connection('kingdee-hq', 'kingdee-galaxy', ACCOUNT_SET),
  ];
  const time = new Date(world.clock.now()).toISOString();
  for (const content of contents) {
    const { name } = content;
    const head = { id: `publish ${name}`, source: 'cli', key: name, time };
    world.say({ ...head, type: 'ConnectionPublished', data: { name, hash: name, content } });
  }
  for (const { flow, hash, content } of SAMPLES) {
    const head = { id: `publish ${flow.name}`, source: 'cli', key: flow.name, time };
    world.say({ ...head, type: 'FlowPublished', data: { name: flow.name, hash, content } });
  }
}

function connection(name: string, product: string, account: string): ConnectionContent {
  const settings = product === 'dingtalk' ? { processCodes: FORMS } : {};
  const limits = { perSecond: 50, concurrency: 6 };
  return { name, product, account, timeZone: 'Asia/Shanghai', settings, secrets: {}, limits };
}

function flowOf(name: string) {
  const file = `${name}/flow.yaml`;
  const tables = readdirSync(TABLES).map((table) => {
    return { name: table.replace('.csv', ''), file: table, text: readFileSync(new URL(table, TABLES), 'utf8') };
  });
  const checked = checkFlow(readFileSync(new URL(file, FLOWS), 'utf8'), file, tables);
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return checked.value;
}
