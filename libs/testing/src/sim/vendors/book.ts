import type { TargetDocument } from '@voucherline/connector-kit';
import { documentKey, type Money } from '@voucherline/contracts';

export const ACCOUNT_SET = '65000000000001';

export type Form = 'AP_PAYBILL' | 'GL_VOUCHER';

/** A document of the simulated ERP. Nothing keeps two of them from standing for one approval. */
export interface BookDocument {
  readonly id: string;
  readonly form: Form;
  /** Number of the payment application it was pushed from. */
  readonly origin?: string;
  /** The carried key, as it stands in the document. */
  readonly key?: string;
  /** Id of the document that this one takes back. */
  readonly reverses?: string;
  readonly stage: TargetDocument['stage'];
  readonly number: string;
  readonly amount: Money;
  readonly date: string;
  readonly ours: boolean;
  readonly createdAt: number;
  /** From when on look-ups find it, ms. */
  readonly visibleAt: number;
}

/** A payment application that finance enters in the ERP, and audits at some time. */
export interface Application {
  readonly amount: Money;
  readonly date: string;
  readonly auditedAt: number;
}

/** A write of ours that touched what is not ours. */
export interface Trespass {
  readonly what: string;
  readonly document: BookDocument;
}

/** The ERP's own book: what counts in the end. */
export class Book {
  readonly applications = new Map<string, Application>();
  readonly trespasses: Trespass[] = [];
  /** Documents that were posted while another one of the same approval was effective. */
  readonly doubles: (readonly [id: string, other: string])[] = [];
  /** Ids of all that was ever posted. */
  readonly posted = new Set<string>();
  isPeriodClosed = false;
  readonly #documents = new Map<string, BookDocument>();
  #made = 0;

  get documents(): readonly BookDocument[] {
    return [...this.#documents.values()];
  }

  get(id: string): BookDocument | undefined {
    return this.#documents.get(id);
  }

  add(document: Omit<BookDocument, 'id' | 'number' | 'stage'>): BookDocument {
    const id = String(100_000 + ++this.#made);
    const added = { ...document, id, number: '', stage: 'draft' } as const;
    this.#documents.set(id, added);
    return added;
  }

  change(id: string, change: Partial<BookDocument>): void {
    const document = this.#documents.get(id);
    if (document === undefined) return;
    const changed = { ...document, ...change };
    if (change.stage === 'posted') this.#isPosted(changed);
    this.#documents.set(id, changed);
  }

  delete(id: string): void {
    this.#documents.delete(id);
  }

  /** Posted and not taken back. */
  isEffective(document: BookDocument): boolean {
    if (document.stage !== 'posted' || document.reverses !== undefined) return false;
    return !this.documents.some(({ reverses, stage }) => reverses === document.id && stage === 'posted');
  }

  #isPosted(document: BookDocument): void {
    this.posted.add(document.id);
    const { id, origin, key, reverses } = document;
    const other = this.documents.find(
      (one) =>
        one.id !== id &&
        one.stage === 'posted' &&
        ((origin !== undefined && one.origin === origin && this.isEffective(one)) ||
          (key !== undefined && one.key === key) ||
          (reverses !== undefined && one.reverses === reverses)),
    );
    if (other !== undefined) this.doubles.push([id, other.id]);
  }
}

export function keyOfDocument({ form, id }: Pick<BookDocument, 'form' | 'id'>): string {
  return documentKey({ product: 'kingdee-galaxy', account: ACCOUNT_SET, kind: form, id });
}
