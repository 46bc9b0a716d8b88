import { Book, type BookLine } from '@voucherline/connector-kit/sandbox';
import type { BaseDataStore } from '../base-data.js';
import type { FormSpec } from '../forms.js';
import type { StoredDocument } from './document.js';
import { FieldIndex } from './field-index.js';
import { Sequences } from './sequences.js';

/** The documents of all forms: in memory by id, number and indexed fields, every change in the book. */
export class DocumentStore {
  readonly forms: ReadonlyMap<string, FormSpec>;
  readonly baseData: BaseDataStore;
  readonly #book: Book;
  readonly #keyField: string;
  readonly #byForm = new Map<string, { documents: Map<string, StoredDocument>; index: FieldIndex }>();
  readonly sequences: Sequences;

  private constructor(
    book: Book,
    forms: ReadonlyMap<string, FormSpec>,
    options: { firstId: string; keyField: string; baseData: BaseDataStore },
  ) {
    this.#book = book;
    this.forms = forms;
    this.baseData = options.baseData;
    this.#keyField = options.keyField;
    this.sequences = new Sequences(options.firstId);
    for (const form of forms.values()) {
      this.#byForm.set(form.id, { documents: new Map(), index: new FieldIndex(['FBillNo', ...form.indexed]) });
    }
  }

  static async open(
    path: string,
    forms: ReadonlyMap<string, FormSpec>,
    options: { firstId: string; keyField: string; baseData: BaseDataStore },
  ): Promise<DocumentStore> {
    const { book, documents } = await Book.open(path);
    const store = new DocumentStore(book, forms, options);
    for (const line of documents) store.#remember(fromLine(line));
    return store;
  }

  get(form: string, id: string): StoredDocument | undefined {
    return this.#byForm.get(form)?.documents.get(id);
  }

  /** Documents with exactly this number, case aside. */
  byNumber(form: string, number: string): readonly StoredDocument[] {
    return this.pick(form, this.#byForm.get(form)?.index.find('FBillNo', number) ?? new Set());
  }

  /** Ids of the documents whose indexed field has this text; undefined when the field is not indexed. */
  candidates(form: string, field: string, text: string): ReadonlySet<string> | undefined {
    return this.#byForm.get(form)?.index.find(field, text);
  }

  pick(form: string, ids: ReadonlySet<string>): StoredDocument[] {
    return [...ids].map((id) => this.get(form, id)).filter((document) => document !== undefined);
  }

  all(form: string): StoredDocument[] {
    return [...(this.#byForm.get(form)?.documents.values() ?? [])];
  }

  /** Resolves when the change is on disk. */
  async put(document: StoredDocument): Promise<void> {
    this.#remember(document);
    await this.#book.append(document.form, document.id, this.shown(document));
  }

  async delete(document: StoredDocument): Promise<void> {
    const { documents, index } = this.#of(document.form);
    documents.delete(document.id);
    index.remove(document.id);
    await this.#book.append(document.form, document.id, this.shown(document), true);
  }

  async reset(): Promise<void> {
    for (const { documents, index } of this.#byForm.values()) {
      documents.clear();
      index.clear();
    }
    this.sequences.clear();
    await this.#book.reset();
  }

  close(): Promise<void> {
    return this.#book.close();
  }

  #of(form: string) {
    const found = this.#byForm.get(form);
    if (found === undefined) throw new Error(`no form ${form}`);
    return found;
  }

  #remember(document: StoredDocument): void {
    const { documents, index } = this.#of(document.form);
    documents.set(document.id, document);
    index.set(document);
    this.sequences.saw(document, this.forms.get(document.form)?.numberPrefix ?? '');
  }

  /** A document as its line in the book: what an oracle asks for stands on top, the whole document below. */
  shown(document: StoredDocument): Readonly<Record<string, unknown>> {
    const { fields, entries } = document;
    const currency = fields.FCURRENCYID ?? entries.FEntity?.[0]?.fields.FCURRENCYID ?? '';
    return {
      ...document,
      createdAt: new Date(document.createdAt).toISOString(),
      modifiedAt: new Date(document.modifiedAt).toISOString(),
      ...(document.auditedAt !== undefined && { auditedAt: new Date(document.auditedAt).toISOString() }),
      amount: fields.FREALPAYAMOUNTFOR_H ?? fields.FAPPLYAMOUNTFOR_H ?? fields.FDEBITTOTAL ?? '',
      currency: this.baseData.find('BD_Currency', currency)?.code ?? currency,
      contactUnit: fields.FCONTACTUNIT ?? '',
      source: entries.FPAYBILLSRCENTRY?.[0]?.fields.FSRCBILLNO ?? '',
      key: fields[this.#keyField] ?? '',
      ...(document.form === 'GL_VOUCHER' && {
        explanation: entries.FEntity?.[0]?.fields.FEXPLANATION ?? '',
        red: (fields.FDEBITTOTAL ?? '').startsWith('-'),
      }),
    };
  }
}

function fromLine(line: BookLine): StoredDocument {
  const { form, id, number, status, cancelled, creator, fields, entries } = line as unknown as StoredDocument;
  const time = (name: string) => Date.parse(String(line[name]));
  return {
    ...{ form, id, number, status, cancelled, creator, fields, entries },
    createdAt: time('createdAt'),
    modifiedAt: time('modifiedAt'),
    ...(line.auditedAt !== undefined && { auditedAt: time('auditedAt') }),
  };
}
