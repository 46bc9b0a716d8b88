import { sameAmount, voucherKey } from '@voucherline/contracts';
import type { KingdeeDocument } from '@voucherline/local';

/** A voucher that has to be in the ERP's book: what one approval is worth. */
export interface Owed {
  /** The approval's document key. */
  readonly subject: string;
  /** The flow's name of the voucher. */
  readonly voucher: string;
  readonly form: 'AP_PAYBILL' | 'GL_VOUCHER';
  readonly amount: string;
  readonly currency: string;
  /** The payment application it is pushed from. */
  readonly application?: string;
}

/** The integration user of the sandboxes: what it made, we made. */
export const OUR_USER = 'voucherline';

/**
 * What is wrong with a book, in words, given what is owed: every approval has exactly one audited document, right to the
 * cent, that carries its key; nothing of ours is left as a draft; nothing of ours stands for anything else.
 * @param book the newest line of every document, deleted ones too (`readBook`)
 */
export function faultsOfBook(book: readonly KingdeeDocument[], owed: readonly Owed[]): string[] {
  const standing = live(book);
  const ours = standing.filter(({ creator }) => creator === OUR_USER);
  const owedKeys = new Set(owed.map(keyOf));
  return [
    ...owed.flatMap((one) => faultsOfOne(one, standing)),
    ...ours.filter(({ status }) => status !== 'C').map((document) => `${named(document)} was left behind`),
    ...ours.filter(({ key }) => !owedKeys.has(key)).map((document) => `${named(document)} has no approval`),
  ];
}

/** The documents that the book holds for these vouchers alone, and whatever else stands for their applications. */
export function about(book: readonly KingdeeDocument[], owed: readonly Owed[]): readonly KingdeeDocument[] {
  const keys = new Set(owed.map(keyOf));
  const applications = new Set(owed.map(({ application }) => application).filter((number) => number !== undefined));
  return book.filter(({ form, key, source }) => form !== 'CN_PAYAPPLY' && (keys.has(key) || applications.has(source)));
}

/**
 * What is wrong with a whole book, given every approval there is: as {@link faultsOfBook}, but for vouchers that are not there,
 * because some wait for a person, and some were taken back.
 */
export function faultsOfWholeBook(book: readonly KingdeeDocument[], approved: readonly Owed[]): string[] {
  const keys = new Set(live(book).map(({ key }) => key));
  return faultsOfBook(
    book,
    approved.filter((one) => keys.has(keyOf(one))),
  );
}

function live(book: readonly KingdeeDocument[]): readonly KingdeeDocument[] {
  return book.filter((document) => !('deleted' in document) && !document.cancelled);
}

function faultsOfOne(one: Owed, standing: readonly KingdeeDocument[]): string[] {
  const documents = standing.filter(({ form, key }) => form === one.form && key === keyOf(one));
  const [document] = documents;
  const what = `${one.voucher} of ${one.subject}`;
  if (document === undefined) return [`${what} is missing`];
  if (documents.length > 1) return [`${what} is there ${documents.length} times: ${documents.map(named).join(', ')}`];
  const faults: string[] = [];
  if (document.status !== 'C') faults.push(`${named(document)} for ${what} is not audited`);
  if (!sameAmount(document.amount, one.amount) || document.currency !== one.currency) {
    faults.push(
      `${named(document)} for ${what} is over ${document.amount} ${document.currency}, not ${one.amount} ${one.currency}`,
    );
  }
  if (one.application !== undefined && document.source !== one.application) {
    faults.push(`${named(document)} for ${what} was pushed from ${document.source}, not ${one.application}`);
  }
  return faults;
}

function keyOf({ subject, voucher }: Owed): string {
  return voucherKey(subject, voucher, 0);
}

function named({ form, id, number, status, creator }: KingdeeDocument): string {
  return `${form} ${number || `id ${id}`} (${status}, by ${creator})`;
}
