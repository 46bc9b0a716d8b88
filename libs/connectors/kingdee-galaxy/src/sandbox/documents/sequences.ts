import type { StoredDocument } from './document.js';

/** Ids, bill numbers and voucher numbers that are next. Made from what exists, so a restart goes on where it stopped. */
export class Sequences {
  readonly #firstId: bigint;
  readonly #nextId = new Map<string, bigint>();
  readonly #lastNumber = new Map<string, number>();

  constructor(firstId: string) {
    this.#firstId = BigInt(firstId);
  }

  nextId(form: string): string {
    const id = this.#nextId.get(form) ?? this.#firstId;
    this.#nextId.set(form, id + 1n);
    return String(id);
  }

  nextEntryId(): string {
    return this.nextId('entry');
  }

  /** The number after the last one of a series. */
  next(series: string): number {
    const number = (this.#lastNumber.get(series) ?? 0) + 1;
    this.#lastNumber.set(series, number);
    return number;
  }

  /** Takes notice of a document that exists. */
  saw(document: StoredDocument, prefix: string): void {
    this.#sawId(document.form, document.id);
    for (const rows of Object.values(document.entries)) for (const { entryId } of rows) this.#sawId('entry', entryId);
    const digits = document.number.startsWith(prefix) ? document.number.slice(prefix.length) : '';
    if (/^\d{1,12}$/.test(digits)) this.#sawNumber(prefix, Number(digits));
    const { FVOUCHERGROUPNO } = document.fields;
    if (FVOUCHERGROUPNO !== undefined) this.#sawNumber(voucherSeries(document.fields), Number(FVOUCHERGROUPNO));
  }

  clear(): void {
    this.#nextId.clear();
    this.#lastNumber.clear();
  }

  #sawId(kind: string, id: string): void {
    const next = BigInt(id) + 1n;
    if (next > (this.#nextId.get(kind) ?? this.#firstId)) this.#nextId.set(kind, next);
  }

  #sawNumber(series: string, number: number): void {
    if (number > (this.#lastNumber.get(series) ?? 0)) this.#lastNumber.set(series, number);
  }
}

/** Vouchers are numbered within book, year, period and word (kingdee.md §6.1). */
export function voucherSeries(fields: Readonly<Record<string, string>>): string {
  return [fields.FAccountBookID, fields.FYEAR, fields.FPERIOD, fields.FVOUCHERGROUPID].join('|');
}
