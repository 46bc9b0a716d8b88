import { describe, expect, it } from 'vitest';
import { parseLossless } from '../pure/lossless-json.js';
import { doneWith } from './write.js';

const answer = (change: object) =>
  parseLossless(
    JSON.stringify({
      Result: { ResponseStatus: { IsSuccess: true, Errors: [], SuccessEntitys: [], MsgCode: 0, ...change } },
    }),
  );
const entity = (Id: number) => ({ Id, Number: `FKD${Id}`, DIndex: 0 });
const refusal = { IsSuccess: false, MsgCode: 11, Errors: [{ FieldName: null, Message: '必录', DIndex: 0 }] };

describe('an answer about one document (failure-modes.md F19)', () => {
  it('is done when it names exactly that one', () => {
    expect(doneWith(answer({ SuccessEntitys: [entity(7)] }), '7')).toEqual({
      kind: 'done',
      documentId: '7',
      number: 'FKD7',
    });
  });

  it.each([
    ['names another', { SuccessEntitys: [entity(8)] }],
    ['names none', {}],
    ['names two', { SuccessEntitys: [entity(7), entity(8)] }],
    ['names it twice', { SuccessEntitys: [entity(7), entity(7)] }],
    ['refuses, but names it as done', { ...refusal, SuccessEntitys: [entity(7)] }],
    ['is a lost session', { IsSuccess: false, MsgCode: 1 }],
  ])('is in doubt when it %s', (_, change) => {
    expect(doneWith(answer(change), '7').kind).toBe('inDoubt');
  });

  it('is a refusal when it only refuses', () => {
    expect(doneWith(answer(refusal), '7')).toMatchObject({ kind: 'rejected', code: 'MsgCode 11', words: '必录' });
  });

  it.each(['{}', '[]', '"x"', '{"Result":{"ResponseStatus":{"IsSuccess":"maybe"}}}'])(
    'is in doubt when it is %s',
    (text) => {
      expect(doneWith(parseLossless(text), '7').kind).toBe('inDoubt');
    },
  );
});
