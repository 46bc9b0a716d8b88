import { describe, expect, it } from 'vitest';
import { idNumber, parseLossless } from './lossless-json.js';
import { convertStatuses, queryRefusal, responseStatus } from './reply.js';

describe('JSON without floats', () => {
  it('keeps digits as they came, and writes them back', () => {
    expect(parseLossless('{"Id":9007199254740993,"a":[0.10,1E+2,"x",true,null]}')).toEqual({
      Id: '9007199254740993',
      a: ['0.10', '1E+2', 'x', true, null],
    });
    expect(JSON.stringify({ FID: idNumber('9007199254740993') })).toBe('{"FID":9007199254740993}');
    expect(() => idNumber('1,2')).toThrow(/no id/);
  });

  it.each(['{1:2}', '{"a":01}', '[1.]', '[-]', '[1 2]', String.raw`["\12]`, '["a\\\n"]', '[1', '["a"1]'])(
    'makes no JSON of %s',
    (text) => {
      expect(() => parseLossless(text)).toThrow(SyntaxError);
    },
  );
});

const status = (change: object = {}) => ({ IsSuccess: true, Errors: [], SuccessEntitys: [], MsgCode: 0, ...change });
const read = (value: unknown) => parseLossless(JSON.stringify(value));

describe('a ResponseStatus', () => {
  it('is read with booleans as text and ids as numbers or text', () => {
    const entities = [
      { Id: 100123, Number: 'FKD1', DIndex: 0 },
      { Id: 'a-b', Number: null },
    ];
    const reply = read({ Result: { ResponseStatus: status({ IsSuccess: 'true', SuccessEntitys: entities }) } });
    expect(responseStatus(reply)).toMatchObject({
      isSuccess: true,
      entities: [
        { id: '100123', number: 'FKD1' },
        { id: 'a-b', number: '' },
      ],
    });
  });

  it.each([
    null,
    {},
    { Result: {} },
    { Result: { ResponseStatus: {} } },
    { Result: { ResponseStatus: { IsSuccess: 1 } } },
  ])('is none: %j', (reply) => expect(responseStatus(read(reply))).toBeUndefined());
});

describe('conversion statuses', () => {
  const failed = status({ IsSuccess: false, MsgCode: 9, Errors: [{ Message: 'x' }] });
  it.each([
    ['beside', { ResponseStatus: status(), ConvertResponseStatus: failed }],
    ['beside, as a list', { ResponseStatus: status(), ConvertResponseStatus: [failed] }],
    ['inside', { ResponseStatus: status({ ConvertResponseStatus: [failed] }) }],
  ])('are found %s', (_, Result) => {
    expect(convertStatuses(read({ Result }))).toMatchObject([
      { isSuccess: false, refusal: { msgCode: 9, words: ['x'] } },
    ]);
  });
});

describe('the refusal of a query', () => {
  const result = { Result: { ResponseStatus: status({ IsSuccess: false, MsgCode: 1 }) } };
  it.each([[[[result]]], [[result]], [result]])('is found in %j', (reply) => {
    expect(queryRefusal(read(reply))).toMatchObject({ refusal: { msgCode: 1 } });
  });

  it.each([[[]], [[[1, 'a']]], [[['x']]]])('is none in rows %j', (reply) => {
    expect(queryRefusal(read(reply))).toBeUndefined();
  });
});
