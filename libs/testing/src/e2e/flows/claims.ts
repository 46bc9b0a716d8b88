import { join } from 'node:path';
import { readBook } from '@voucherline/connector-kit/sandbox';
import { sum, voucherKey } from '@voucherline/contracts';
import type { KingdeeDocument } from '@voucherline/local';
import { type Case, type LineFromOutside, subjectOf } from '../../line/line-from-outside.js';
import type { Owed } from '../../line/oracle.js';

/** The form of the claims whose flows tests publish themselves. */
const FORM = 'PROC-CLAIM';

/** A claim before it is submitted. */
export interface ClaimFields {
  /** `yyyy-MM-dd`. */
  readonly day?: string;
  readonly department?: string;
  /** The amount of each category, a line each. */
  readonly rows: Readonly<Record<string, string>>;
}

/** A claim in DingTalk, which its scenario's flow makes an accounting voucher of. */
export interface Claim extends Case {
  readonly rows: ClaimFields['rows'];
}

/** Somebody submits a claim and it is approved. */
export async function approvedClaim(
  line: LineFromOutside,
  scenario: string,
  { day = '2026-11-20', department = '研发部', rows }: ClaimFields,
): Promise<Claim> {
  const { id: instance } = await line.dingtalk.submit({
    processCode: FORM,
    title: `报销 ${scenario}`,
    form: {
      场景: scenario,
      发生日期: day,
      部门: department,
      费用明细: Object.entries(rows).map(([费用类型, 金额]) => ({ 费用类型, 金额 })),
    },
  });
  await line.dingtalk.agree(instance);
  const amount = sum(Object.values(rows));
  return { company: 'hq', instance, rows, ...owed(instance, scenario, amount) };
}

function owed(instance: string, voucher: string, amount: string): Owed {
  return { subject: subjectOf(instance), voucher, form: 'GL_VOUCHER', amount, currency: 'CNY' };
}

interface BookedInstance {
  readonly id: string;
  readonly form: string;
  readonly processCode: string;
  readonly result: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** What all claims that were ever approved are worth, by DingTalk's own book on disk. */
export function approvedClaims({ facts }: LineFromOutside): readonly Owed[] {
  const instances = readBook(
    join(facts.folder, 'dingtalk-sandbox', 'dingtalk.jsonl'),
  ) as unknown as readonly BookedInstance[];
  return instances
    .filter(({ form, processCode, result }) => form === 'instance' && processCode === FORM && result === 'agree')
    .map(({ id, fields }) => {
      const field = (wanted: string) => fields.find(({ name }) => name === wanted)?.value ?? '';
      const rows = JSON.parse(field('费用明细')) as readonly {
        rowValue: readonly { label: string; value: string }[];
      }[];
      const amounts = rows.flatMap(({ rowValue }) => rowValue.filter(({ label }) => label === '金额'));
      return owed(id, field('场景'), sum(amounts.map(({ value }) => value)));
    });
}

type Fields = Readonly<Record<string, string>>;

/** An accounting voucher as Kingdee's book shows it, with its lines. */
interface BookedVoucher extends KingdeeDocument {
  readonly fields: Fields;
  readonly entries: { readonly FEntity: readonly { readonly fields: Fields }[] };
}

/** The voucher that a claim has in the book on disk. @throws when it has none */
export function bookedVoucher(line: LineFromOutside, claim: Case): BookedVoucher {
  const document = line.documentsOf([claim]).get(claim);
  if (document === undefined) throw new Error(`the book has no voucher for ${claim.subject}`);
  return document as BookedVoucher;
}

/** The lines of a claim's voucher in the book, credits below zero: `6602.01 BM02 100.5`. */
export function bookedLines(line: LineFromOutside, claim: Case): readonly string[] {
  return linesOf(bookedVoucher(line, claim));
}

function linesOf({ entries }: BookedVoucher): readonly string[] {
  return entries.FEntity.map(({ fields }) => {
    const { FACCOUNTID, FDEBIT, FCREDIT } = fields;
    const amount = sum([FDEBIT || '0', FCREDIT ? `-${FCREDIT}` : '0']);
    return [FACCOUNTID, fields['FDetailID.FFLEX5'], amount]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
  });
}

/** The accounts of the debits of each claim that has a voucher in the book. */
export function debitedAccounts(
  line: LineFromOutside,
  claims: readonly Claim[],
): ReadonlyMap<Claim, readonly string[]> {
  const debits = (document: KingdeeDocument) => linesOf(document as BookedVoucher).slice(0, -1);
  const accounts = (document: KingdeeDocument) => debits(document).map((text) => text.split(' ')[0] ?? '');
  return new Map([...line.documentsOf(claims)].map(([claim, document]) => [claim, accounts(document)]));
}

/** What is known of a claim's voucher without looking it up. */
export function keyOf({ subject, voucher }: Case): string {
  return voucherKey(subject, voucher, 0);
}
