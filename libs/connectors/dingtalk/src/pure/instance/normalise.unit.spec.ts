import { UnreadableDocument } from '@voucherline/connector-kit';
import { type FormField, rawContent } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { connectionFixture } from '../../fixtures/connection.js';
import { answerFixture, type INSTANCES } from '../../fixtures/index.js';
import { collectedDocument } from './collect.js';
import { collectedContent, parseAnswer } from './content.js';
import { instantOf } from './local-time.js';
import { normalise } from './normalise.js';
import { objectAt } from './reading.js';

const ASKED = { processInstanceId: 'inst-0001', processCode: 'PROC-PAY' };

type Instance = Record<string, unknown>;

function instanceOf(name: (typeof INSTANCES)[number], change: Instance = {}): Instance {
  const { process_instance: instance } = JSON.parse(answerFixture(name).toString()) as { process_instance: Instance };
  return { ...instance, ...change };
}

function observe(instance: Instance, timeZone = 'Asia/Shanghai') {
  const answer = Buffer.from(JSON.stringify({ errcode: 0, process_instance: instance }));
  return normalise(rawContent(collectedContent(ASKED, answer)), connectionFixture({ timeZone }));
}

function fieldsOf(...components: Instance[]): readonly FormField[] {
  return observe(instanceOf('payment-open', { form_component_values: components })).fields;
}

const component = (type: string, value: unknown, name = '名称') => ({
  component_type: type,
  id: `${type}_1`,
  name,
  value,
});

describe('an instance', () => {
  it('is read with its head, its times in UTC and the steps that decided', () => {
    const seen = observe(instanceOf('payment-approved'));
    expect(seen).toMatchObject({
      document: 'dingtalk/dingcorp0001/approval/inst-0001',
      form: 'PROC-PAY',
      businessId: '202611040915000001',
      title: '张三提交的付款申请',
      originator: { userId: 'user01', departmentId: '-1', departmentName: '某某公司' },
      submittedAt: '2026-11-04T01:15:00.000Z',
      status: 'approved',
      endedAt: '2026-11-04T03:20:00.000Z',
    });
    expect(seen.steps.map(({ userId, decision, at }) => [userId, decision, at])).toEqual([
      ['manager01', 'redirected', '2026-11-04T01:40:10.000Z'],
      ['manager02', 'agreed', '2026-11-04T02:01:30.000Z'],
      ['cfo01', 'agreed', '2026-11-04T03:20:00.000Z'],
    ]);
    expect(seen.revokes).toBeUndefined();
  });

  it.each([
    ['payment-open', 'open', undefined],
    ['payment-refused', 'rejected', '2026-11-04T02:30:00.000Z'],
    ['payment-withdrawn', 'withdrawn', '2026-11-04T01:50:00.000Z'],
  ] as const)('%s is %s', (name, status, endedAt) => {
    expect(observe(instanceOf(name))).toMatchObject({ status, ...(endedAt && { endedAt }) });
    expect('endedAt' in observe(instanceOf(name))).toBe(endedAt !== undefined);
  });

  it('that shows no time of its end has that of its last record, talk about it apart', () => {
    const withdrawn = instanceOf('payment-withdrawn');
    const talk = { date: '2026-11-06 08:00:00', operation_type: 'ADD_REMARK', operation_result: 'NONE', userid: 'u' };
    const records = [...(withdrawn.operation_records as object[]), talk];
    expect(observe({ ...withdrawn, operation_records: records })).toEqual(observe(withdrawn));
    expect(() => observe({ ...withdrawn, operation_records: [talk] })).toThrow(/^finish_time: is missing/);
  });

  it('that revokes another names it and is collected under it', () => {
    expect(observe(instanceOf('revocation-approved', {})).revokes).toBe('dingtalk/dingcorp0001/approval/inst-0001');
    const answer = answerFixture('revocation-approved');
    const instance = objectAt(parseAnswer(answer).process_instance, 'process_instance');
    const asked = { processInstanceId: 'inst-0002', processCode: 'PROC-PAY' };
    const document = collectedDocument(asked, answer, instance, 'dingcorp0001');
    expect(document).toMatchObject({ subject: 'dingtalk/dingcorp0001/approval/inst-0001', ended: true });
    expect(document.content.includes(answer)).toBe(true);
  });

  it('that is a changed copy is left to a person', () => {
    expect(() => observe(instanceOf('payment-changed-copy'))).toThrow(
      /biz_action: "MODIFY" changes instance inst-0001/,
    );
  });

  it('keeps the ids of its steps while it goes on, and tells two equal steps apart', () => {
    const [early, late] = [observe(instanceOf('payment-open')), observe(instanceOf('payment-approved'))];
    expect(late.steps.slice(0, 2)).toEqual(early.steps);
    const record = {
      userid: 'u',
      date: '2026-11-04 10:00:00',
      operation_type: 'EXECUTE_TASK_NORMAL',
      operation_result: 'AGREE',
    };
    const twice = observe(instanceOf('payment-open', { operation_records: [record, record] })).steps;
    expect(new Set(twice.map(({ step }) => step)).size).toBe(2);
  });

  it.each([
    ['status', { status: 'PAUSED' }, /^status: "PAUSED"/],
    ['result', { result: '' }, /^result: is missing/],
    ['result', { result: 'NONE' }, /^result: "NONE"/],
    ['finish_time', { finish_time: '2026-02-30 10:00:00' }, /^finish_time: .* is no time/],
    ['create_time', { create_time: '2026-11-04T09:15Z' }, /^create_time: /],
    ['business_id', { business_id: undefined }, /^business_id: is missing/],
    ['operation_records', { operation_records: {} }, /^operation_records: must be a list/],
    [
      'operation_result',
      { operation_records: [{ operation_type: 'EXECUTE_TASK_NORMAL', operation_result: 'MAYBE' }] },
      /^operation_records\[0\]\.operation_result: "MAYBE"/,
    ],
    ['main instance', { biz_action: 'REVOKE', main_process_instance_id: '' }, /^main_process_instance_id: is missing/],
  ])('with an unreadable %s names it', (_what, change, words) => {
    const read = () => observe(instanceOf('payment-approved', change));
    expect(read).toThrow(UnreadableDocument);
    expect(read).toThrow(words);
  });

  it('in another shape than it is collected in is unreadable', () => {
    const content = rawContent(answerFixture('payment-approved'));
    expect(() => normalise(content, connectionFixture())).toThrow(UnreadableDocument);
  });
});

describe('a form', () => {
  it('is read field by field', () => {
    const { fields } = observe(instanceOf('payment-approved'));
    const byId = Object.fromEntries(fields.map((field) => [field.id, field]));
    expect(byId.TextField_APPLY).toEqual({
      id: 'TextField_APPLY',
      name: '申请单号',
      type: 'TextField',
      value: 'FKSQ-2026-000117',
    });
    expect(byId.MoneyField_AMOUNT?.value).toBe('1235.50');
    expect(byId.TextareaField_MEMO?.value).toBeNull();
    expect(byId.CalculateField_SUM?.value).toBe('1,235.50');
    expect(byId['DDDateRangeField_TRIP.start']).toMatchObject({ name: '出差开始', value: '2026-11-02' });
    expect(byId['DDDateRangeField_TRIP.end']).toMatchObject({ name: '出差结束', value: '2026-11-03' });
    expect(byId.TableField_ITEMS).toMatchObject({ value: null, name: '费用明细' });
    expect(byId.TableField_ITEMS?.rows?.map((row) => row.map(({ id, value }) => [id, value]))).toEqual([
      [
        ['TextField_ITEM', '市内交通'],
        ['MoneyField_ITEM', '35.50'],
        ['DDDateField_ITEM', '2026-11-02'],
      ],
      [
        ['TextField_ITEM', null],
        ['MoneyField_ITEM', '1,200.00'],
        ['DDDateField_ITEM', '2026-11-03'],
      ],
    ]);
  });

  it.each([null, '', 'null', undefined])('has null for an empty component, read as %j', (value) => {
    expect(fieldsOf(component('TextField', value))[0]?.value).toBeNull();
    expect(fieldsOf(component('MoneyField', value))[0]?.value).toBeNull();
    expect(fieldsOf(component('TableField', value))[0]?.rows).toEqual([]);
  });

  it('keeps every digit of a number inside a table', () => {
    const text =
      '[{"rowValue":[{"key":"M","label":"金额","componentType":"MoneyField","value":12345678901234567.10}]}]';
    expect(fieldsOf(component('TableField', text))[0]?.rows?.[0]?.[0]?.value).toBe('12345678901234567.10');
  });

  it('reads a table in the shape it was written in', () => {
    const [table] = fieldsOf(component('TableField', '[[{"name":"事由","value":"打车"},{"name":"金额","value":"3"}]]'));
    expect(table?.rows).toEqual([
      [
        { id: '事由', name: '事由', type: '', value: '打车' },
        { id: '金额', name: '金额', type: '', value: '3' },
      ],
    ]);
  });

  it('keeps what is no text inside a table as JSON', () => {
    const [table] = fieldsOf(
      component('TableField', '[{"rowValue":[{"key":"P","label":"照片","value":["u1","u2"]}]}]'),
    );
    expect(table?.rows?.[0]?.[0]?.value).toBe('["u1","u2"]');
  });

  it('takes a range of two dates, and one whose labels are no list', () => {
    const fields = fieldsOf(component('DDDateRangeField', '["2026-01-01","2026-01-02"]', '日期'));
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['日期', '2026-01-01'],
      ['日期', '2026-01-02'],
    ]);
  });

  it.each([
    ['MoneyField', '一百', /^field "名称" \(MoneyField_1\): its value is no amount$/],
    ['MoneyField', '1e3', /no amount/],
    ['TableField', 'not a list', /^field "名称" \(TableField_1\): the text is no JSON/],
    ['TableField', '{}', /must hold a list/],
    ['TableField', '[{"rowValue":[{"value":"1"}]}]', /row 1, cell 1: has neither key nor label/],
    [
      'TableField',
      '[{"rowValue":[{"key":"M","componentType":"MoneyField","value":"x"}]}]',
      /row 1, "M" \(M\): its value/,
    ],
    ['DDDateRangeField', '["2026-01-01"]', /has not two dates/],
    ['TextField', true, /its value is no text/],
  ])('with an unusable %s (%j) names the field, without its value', (type, value, words) => {
    const read = () => fieldsOf(component(type, value));
    expect(read).toThrow(UnreadableDocument);
    expect(read).toThrow(words);
  });
});

describe('local time', () => {
  it.each([
    ['2026-11-04 09:15:00', 'Asia/Shanghai', '2026-11-04T01:15:00.000Z'],
    ['2026-07-01 00:00:00', 'America/New_York', '2026-07-01T04:00:00.000Z'],
    ['2026-01-01 00:00:00', 'America/New_York', '2026-01-01T05:00:00.000Z'],
    ['2026-03-08 03:00:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01 01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['1999-12-31 23:59:59', 'UTC', '1999-12-31T23:59:59.000Z'],
  ])('%s in %s', (text, zone, utc) => {
    expect(new Date(instantOf(text, zone) ?? 0).toISOString()).toBe(utc);
  });

  it.each(['2026-04-31 00:00:00', '2026-11-04 24:00:00', '2026-11-04', 'null'])('%s is none', (text) => {
    expect(instantOf(text, 'Asia/Shanghai')).toBeUndefined();
  });
});
