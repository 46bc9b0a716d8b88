/** Bytes as a vendor sent them. Text that is valid UTF-8 stays readable in the log; everything else is base64. */
export interface RawContent {
  readonly encoding: 'utf8' | 'base64';
  readonly data: string;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
}

/** What a webhook says about a document. It is a hint: the document itself is read from the vendor. */
export interface DocumentHint {
  /** Document key. */
  readonly document: string;
  /** Its form, e.g. a DingTalk process code, where the webhook names it. */
  readonly form?: string;
  /** The state the vendor announced; the collector reads again while the document still shows an earlier one. */
  readonly announced: 'open' | 'ended';
  /** Whether this event is worth a read of the document (the connector's manifest decides). */
  readonly worthRead: boolean;
}

/** A webhook whose signature was verified, with its bytes as they were signed. */
export interface InboundReceived {
  readonly connection: string;
  readonly product: string;
  readonly receivedAt: string;
  readonly request: {
    readonly query: Readonly<Record<string, string>>;
    readonly contentType: string;
    readonly body: RawContent;
  };
  /** Which of the connection's secrets verified it. */
  readonly verification: { readonly scheme: string; readonly secret: 'current' | 'previous' };
  /** The vendor's name of the event, e.g. `bpms_instance_change`. */
  readonly event: string;
  readonly hint?: DocumentHint;
}
