/** One setting or secret of a connection. Forms, documentation, validation and masking derive from it. */
export interface FieldDeclaration {
  readonly name: string;
  readonly label: { readonly en: string; readonly zh: string };
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'string[]' | 'choice';
  /** Of a `choice`, or of each text of a `string[]`. */
  readonly choices?: readonly string[];
  readonly required: boolean;
  readonly default?: string | number | boolean;
  /** Value must match it, as a whole. */
  readonly pattern?: string;
}

/** A kind of master data that a product can show, e.g. departments. */
export interface MasterDataKind {
  readonly title: { readonly en: string; readonly zh: string };
  /** All text; the first is `code`, which is unique in its table and what other documents point at a row by. */
  readonly columns: readonly string[];
}

/** What a product's API does and what a connection to it needs. The connector describes itself; nothing else knows it. */
export interface ConnectorManifest {
  /** First part of every document key, e.g. `dingtalk`. */
  readonly product: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly settings: readonly FieldDeclaration[];
  /** Secrets by field; a connection names where each is kept. */
  readonly secrets: readonly FieldDeclaration[];
  /** Tables that can be pulled, by the names that a connection's `masterData` and look-ups give them. */
  readonly masterData?: Readonly<Record<string, MasterDataKind>>;
  readonly limits: { readonly perSecond: number; readonly perMonth?: number; readonly concurrency: number };
}
