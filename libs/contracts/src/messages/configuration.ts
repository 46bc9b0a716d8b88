/** The whole content of a published flow; its shape is checked by libs/mapping. */
export interface FlowPublished {
  readonly name: string;
  readonly hash: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A connection; secrets are names, resolved by the service that uses them. */
export interface ConnectionPublished {
  readonly name: string;
  readonly hash: string;
  readonly content: ConnectionContent;
}

/** One configured account at one vendor product. */
export interface ConnectionContent {
  readonly name: string;
  readonly product: string;
  /** The account at the vendor (DingTalk: corp id; Kingdee: account set id): the second part of every document key. */
  readonly account: string;
  readonly timeZone: string;
  /** Fields that the connector's manifest declares. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Field → name of the secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly limits: ConnectionLimits;
}

export interface ConnectionLimits {
  readonly perSecond: number;
  readonly perMonth?: number;
  readonly concurrency: number;
}
