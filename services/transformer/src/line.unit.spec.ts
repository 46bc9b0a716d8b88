import { sourcePure, targetPure } from '@voucherline/connectors/pure';
import { type AnyMessage, decode, encode, type Topic, topicOf, voucherKey } from '@voucherline/contracts';
import {
  configurationOf,
  createStageRunner,
  followMasterData,
  MemoryBroker,
  MemoryLog,
  type Stage,
  type StageRunner,
  shardOf,
  stateHash,
} from '@voucherline/pipeline';
import { createMetrics, fakeClock, silentLogger } from '@voucherline/platform';
import { MemoryStageStore } from '@voucherline/store';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CORP, collected, type InstanceParts, PAYMENT_FORM, subjectOf } from './fixtures/dingtalk-instance.js';
import { publishedConnection, publishedFlow, sampleFlow } from './fixtures/published.js';
import { fakeMasterData, pulledRow, walkedTable } from './fixtures/pulled-rows.js';
import { normaliseStage } from './normalise/normalise-stage.js';
import { planStage } from './plan/plan-stage.js';

const SHARDS = 2;
const READ_AT = '2026-11-22T00:00:00Z';
const running: StageRunner[] = [];
afterEach(async () => {
  for (let runner = running.pop(); runner !== undefined; runner = running.pop()) await runner.stop();
});

/** Both stages as the service runs them, on a log and a database in memory. */
async function startLine(change?: (flow: string) => string) {
  const log = new MemoryLog({ shards: SHARDS });
  const store = new MemoryStageStore();
  const configuration = configurationOf([
    publishedConnection('dingtalk-main', 'dingtalk', CORP, 'Asia/Shanghai', { masterData: ['departments'] }),
    publishedConnection('kingdee-hq', 'kingdee-galaxy', 'acct1'),
    publishedFlow(sampleFlow('dingtalk-payment-request', change), '2026-11-01T00:00:00Z'),
  ]);
  const clock = fakeClock();
  const start = async (stage: Stage) => {
    const broker = new MemoryBroker(log);
    const metrics = createMetrics('transformer');
    const masterData = await followMasterData(broker, silentLogger);
    const shared = { broker, store, configuration, masterData, clock, timers: clock, logger: silentLogger, metrics };
    const runner = createStageRunner({ stage, ...shared });
    running.push(runner);
    await runner.start();
    return runner;
  };
  const normalise = await start(
    normaliseStage({ configuration, sourceOf: sourcePure, masterDataOf: () => fakeMasterData }) as Stage,
  );
  const plan = await start(planStage({ targetOf: targetPure }) as Stage);
  return {
    ...{ normalise, plan, store },
    ask: (action: Extract<AnyMessage, { type: 'ReplanRequested' }>) =>
      log.append([{ topic: topicOf(action.type), partition: 0, record: encode(action) }]),
    append: (...messages: readonly AnyMessage[]) =>
      log.append(
        messages.map((message) => ({
          ...{ topic: topicOf(message.type), partition: shardOf(message.key, SHARDS), record: encode(message) },
        })),
      ),
    said: (topic: Topic) =>
      Array.from({ length: SHARDS }, (_, shard) => log.partition(topic, shard))
        .flat()
        .map(decode),
  };
}

const approved = (id: string, form: InstanceParts['form'] = PAYMENT_FORM): InstanceParts => ({
  ...{ id, form, status: 'COMPLETED', result: 'agree' },
  ...{ agreed: ['2026-11-20 10:00:00'], finished: '2026-11-20 10:00:00' },
});

describe('both stages on their runner', () => {
  it('make one command of each approval, and know the same after everything was folded again', async () => {
    const line = await startLine();
    const ids = Array.from({ length: 20 }, (_, n) => `inst-${n}`);
    const reads = ids.flatMap((id) => [
      collected(approved(id), READ_AT),
      collected({ id, agreed: [] }, '2026-11-22T01:00:00Z'),
      collected(approved(id), '2026-11-22T02:00:00Z'),
    ]);
    line.append(...reads);
    await vi.waitFor(() => expect(line.said('vouchers.commands.v1')).toHaveLength(ids.length));
    const commands = line.said('vouchers.commands.v1');
    expect(new Set(commands.map(({ key }) => key))).toEqual(new Set(ids.map(subjectOf)));
    expect(line.said('approvals.events.v1')).toHaveLength(3 * ids.length);

    for (const runner of [line.normalise, line.plan]) {
      const before = await stateHash(line.store, runner.name, SHARDS);
      for (let shard = 0; shard < SHARDS; shard++) await runner.rebuild(shard);
      expect(await stateHash(line.store, runner.name, SHARDS)).toBe(before);
    }
    // Others behind them show that all repetitions were handled.
    line.append(...reads, ...ids.map((id) => collected(approved(`${id}-later`), READ_AT)));
    await vi.waitFor(() => expect(line.said('vouchers.commands.v1')).toHaveLength(2 * ids.length));
    expect(line.said('vouchers.commands.v1')).toEqual(expect.arrayContaining(commands));
  });

  it('plan a refused voucher anew and an amended one under the next revision, and know the same after a rebuild', async () => {
    const line = await startLine();
    const subject = subjectOf('inst-1');
    const commands = () => line.said('vouchers.commands.v1');
    const told = (type: string, revision: number, more: object) => {
      const voucher = { voucherKey: voucherKey(subject, 'payment-bill', revision), voucher: 'payment-bill', revision };
      const data = { ...voucher, generation: 1, target: 'kingdee-hq', ...more };
      const envelope = { id: `${type} ${revision}`, source: 'erp-writer/post', key: subject, time: READ_AT };
      line.append({ ...envelope, type, data } as AnyMessage);
    };
    line.append(collected(approved('inst-1'), READ_AT));
    await vi.waitFor(() => expect(commands()).toHaveLength(1));

    told('VoucherRejected', 0, { code: '1', words: 'period closed', owner: 'finance', nextStep: 'n' });
    const wish = { subject, accountingDate: '2026-12-01', by: 'finance', reason: 'the period is closed' };
    line.ask({ id: 'a1', source: 'cli', type: 'ReplanRequested', key: subject, time: READ_AT, data: wish });
    await vi.waitFor(() => expect(commands()).toHaveLength(2));
    expect(commands()[1]).toMatchObject({
      causation: expect.any(String),
      data: { accountingDate: '2026-12-01', action: 'a1' },
    });

    line.append(collected(approved('inst-1', { ...PAYMENT_FORM, 付款金额: '99.00' }), '2026-11-22T02:00:00Z'));
    await vi.waitFor(() => expect(commands()).toHaveLength(3));
    told('VoucherCancelled', 0, { reason: 'withdrawn' });
    await vi.waitFor(() => expect(commands()).toHaveLength(4));
    expect(commands().map(({ type }) => type)).toEqual(['PostVoucher', 'PostVoucher', 'ReverseVoucher', 'PostVoucher']);
    expect(commands()[3]).toMatchObject({ data: { revision: 1, accountingDate: '2026-11-20' } });

    const before = await stateHash(line.store, line.plan.name, SHARDS);
    for (let shard = 0; shard < SHARDS; shard++) await line.plan.rebuild(shard);
    expect(await stateHash(line.store, line.plan.name, SHARDS)).toBe(before);
    expect(commands()).toHaveLength(4);
  });

  it('keep an approval waiting for a table of master data, and go on by themselves when it was read', async () => {
    const line = await startLine((text) =>
      text.replace(/remark: .*/, 'remark: =lookup("dingtalk-main/departments", "name", "code", "d1")'),
    );
    line.append(...['inst-1', 'inst-2'].map((id) => collected(approved(id), READ_AT)));
    await vi.waitFor(() => expect(line.said('operations.events.v1')).toHaveLength(2));
    expect(line.said('operations.events.v1')[0]).toMatchObject({
      data: { stage: 'transformer/plan', code: 'mapping.table-pending:dingtalk-main/departments', owner: 'operations' },
    });
    line.append(pulledRow('d1', { name: 'Sales' }, READ_AT), walkedTable(READ_AT));
    await vi.waitFor(() => expect(line.said('vouchers.commands.v1')).toHaveLength(2));
    const pulled = line.said('masterdata.entries.v1').find(({ type }) => type === 'MasterDataPulled');
    for (const command of line.said('vouchers.commands.v1')) {
      expect(command).toMatchObject({
        causation: pulled?.id,
        data: {
          payload: { remark: 'Sales' },
          lookups: [{ table: 'dingtalk-main/departments', row: { name: 'Sales' } }],
        },
      });
    }
    expect(line.said('operations.events.v1').filter(({ type }) => type === 'ParkedResolved')).toHaveLength(2);
    for (const runner of [line.normalise, line.plan]) {
      const before = await stateHash(line.store, runner.name, SHARDS);
      for (let shard = 0; shard < SHARDS; shard++) await runner.rebuild(shard);
      expect(await stateHash(line.store, runner.name, SHARDS)).toBe(before);
    }
    expect(line.said('vouchers.commands.v1')).toHaveLength(2);
  });

  it('set a document aside that can not be read, until a newer read of it can', async () => {
    const line = await startLine();
    line.append(collected(approved('inst-1', { ...PAYMENT_FORM, 付款金额: '一千' }), READ_AT));
    await vi.waitFor(() => expect(line.said('operations.events.v1')).toHaveLength(1));
    expect(line.said('operations.events.v1')[0]).toMatchObject({
      type: 'MessageParked',
      key: subjectOf('inst-1'),
      data: { stage: 'transformer/normalise', reason: expect.stringContaining('付款金额') },
    });
    line.append(collected(approved('inst-1'), '2026-11-22T02:00:00Z'));
    await vi.waitFor(() => expect(line.said('vouchers.commands.v1')).toHaveLength(1));
    expect(line.said('operations.events.v1')[1]).toMatchObject({ data: { resolution: 'superseded' } });
  });
});
