import { describe, expect, it } from 'vitest';
import { meaningOf } from './error-table.js';

const meaning = (msgCode: number, ...words: string[]) => meaningOf({ msgCode, words });

describe('the error table', () => {
  it.each([0, 4, 6, 99])('leaves MsgCode %i unclear', (code) => {
    expect(meaning(code, '未将对象引用设置到对象的实例。').kind).toBe('unclear');
  });

  it.each([
    [2, 'administrator'],
    [7, 'administrator'],
    [15, 'administrator'],
    [3, 'finance'],
    [5, 'finance'],
    [8, 'finance'],
    [9, 'finance'],
    [10, 'finance'],
    [11, 'finance'],
    [12, 'finance'],
  ])('has MsgCode %i refuse, for %s to mend', (code, owner) => {
    expect(meaning(code, 'x')).toMatchObject({ kind: 'rejected', code: `MsgCode ${code}`, owner, words: 'x' });
  });

  it('has the documented gates say "later"', () => {
    expect(meaning(13, 'x')).toEqual({ kind: 'throttled', afterMs: 5000 });
    expect(meaning(14, 'x')).toEqual({ kind: 'throttled', afterMs: 60_000 });
    expect(meaning(4, '与用户“出纳”的操作冲突，请稍候再使用').kind).toBe('throttled');
  });

  it('knows a lost session by code or words', () => {
    expect(meaning(1).kind).toBe('sessionLost');
    expect(meaning(0, '会话信息已丢失，请重新登录').kind).toBe('sessionLost');
  });

  it.each([
    [11, '单据编号为“FKD1”的付款单已审核，不允许执行操作Audit'],
    [12, '单据审核中'],
    [4, '单据已提交'],
  ])('tells a refusal by state apart (MsgCode %i)', (code, words) => {
    expect(meaning(code, words)).toMatchObject({ kind: 'rejected', code: 'STATE' });
  });

  it.each([
    [4, '元数据中标识为F_VL_KEY的字段不存在', 'administrator'],
    [4, '实体不存在此属性[EntityType:AP_PAYBILL]', 'administrator'],
    [4, '您没有付款单的审核权限，请联系系统管理员', 'administrator'],
    [8, '没有可用的单据转换规则', 'administrator'],
    [11, '关联数量已达到订单数量', 'finance'],
    [11, '违反字段唯一性要求：编码唯一。[FKD7]在当前系统中已经被使用。', 'finance'],
  ])('reads the words of MsgCode %i: %s', (code, words, owner) => {
    expect(meaning(code, words)).toMatchObject({ kind: 'rejected', owner, words });
  });

  it('has words even where Kingdee has none', () => {
    expect(meaning(11)).toMatchObject({ words: '(Kingdee gave no words) （金蝶未给出说明）' });
  });

  it('shows no bank account, and not more than 500 characters', () => {
    const found = meaning(11, '账号6222020200012345678不存在', 'x'.repeat(600));
    expect(found).toMatchObject({ words: expect.stringMatching(/^账号…5678不存在; x+$/) });
    expect((found as { words: string }).words).toHaveLength(500);
  });
});
