/** What a connector says about its connections (`ConnectorManifest` in connector-kit). */
export interface ConnectionManifest {
  readonly product: string;
  readonly settings: readonly SettingDeclaration[];
  readonly secrets: readonly SettingDeclaration[];
  readonly limits: { readonly perSecond: number; readonly perMonth?: number; readonly concurrency: number };
}

export interface SettingDeclaration {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'string[]' | 'choice';
  /** Of a `choice`, or of each text of a `string[]`. */
  readonly choices?: readonly string[];
  readonly required: boolean;
  readonly default?: string | number | boolean;
  readonly pattern?: string;
}

/** Variables that `${NAME}` in settings stands for. */
export type Environment = Readonly<Record<string, string | undefined>>;
