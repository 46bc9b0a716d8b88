import type { ConnectionContent, DocumentHint, RawContent } from '@voucherline/contracts';
import type { ObservedApproval } from '@voucherline/domain';
import type { CallContext, ResolvedConnection } from './connection.js';
import type { ConnectorManifest } from './manifest.js';
import type { ReadOutcome, WriteOutcome } from './outcome.js';

/** What a document says, in the words of the domain: connectors get it from here, they do not import the domain. */
export type { ObservedApproval } from '@voucherline/domain';

/** A webhook as it came off the socket. Query values are URL-decoded once; a name that came twice is refused before. */
export interface RawRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

declare const verifiedBrand: unique symbol;

/** Bytes whose signature was verified. Only `verify` makes one, so unverified bytes can't be parsed by mistake. */
export interface VerifiedRequest {
  readonly [verifiedBrand]: true;
  readonly scheme: string;
  readonly secret: 'current' | 'previous';
  /** The authenticated content, e.g. the decrypted message. */
  readonly plaintext: Buffer;
}

/** Why a request was refused: counted and explained inside, one uniform 401 outside. */
export type RefusalReason = 'malformed' | 'stale' | 'signature' | 'decryption' | 'receiver' | 'unsupported';

export type Verification =
  | { readonly ok: true; readonly request: VerifiedRequest }
  | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string };

/** What a verified webhook means. `publish: false` for handshakes such as DingTalk's `check_url`. */
export interface Reception {
  readonly event: string;
  readonly publish: boolean;
  readonly hint?: DocumentHint;
  /** Sent after the message is in the log. */
  reply(random: (bytes: number) => Buffer, now: number): HttpReply;
}

/** The pure half of a source: no I/O, no clock of its own. Stages and webhook-ingestion use only this half. */
export interface SourcePure {
  readonly manifest: ConnectorManifest;
  verify(request: RawRequest, connection: ResolvedConnection, now: number): Verification;
  /** @throws {Error} naming the field, when authentic bytes can't be understood; ingestion refuses them and logs the reason. */
  receive(request: VerifiedRequest, connection: ResolvedConnection): Reception;
  /** @throws {UnreadableDocument} naming the field at fault. */
  normalise(content: RawContent, connection: ConnectionContent): ObservedApproval;
}

/** A document's bytes can't be understood: names the field and what is wrong with it. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
}

export interface FetchedDocument {
  /** The bytes as read. */
  readonly content: Buffer;
  /**
   * Hash over the content without what changes by itself (request ids) or by talk about it (comments, our own write-back):
   * the document is collected again only when this differs.
   */
  readonly fingerprint: string;
  /** Key under which it is collected: its own document key, or that of the instance it revokes. */
  readonly subject: string;
  readonly ended: boolean;
}

export interface ListWindow {
  /** What to list, one of `listKinds`. */
  readonly kind: string;
  /** Milliseconds since the epoch, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
}

export interface ListPage {
  /** Document keys. */
  readonly documents: readonly string[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** The half of a source that calls the vendor. Reads may be repeated; `addNote` is a write. */
export interface SourceCalls {
  readonly manifest: ConnectorManifest;
  /** What sweeps have to list for this connection (DingTalk: its process codes). */
  listKinds(connection: ConnectionContent): readonly string[];
  /** Widest window, oldest start and most documents of one walk that the vendor allows. */
  readonly listLimits: { readonly maxSpanMs: number; readonly maxAgeMs: number; readonly maxDocuments: number };
  /** One call. */
  listPage(window: ListWindow, cursor: string | undefined, context: CallContext): Promise<ReadOutcome<ListPage>>;
  /** One call. `document` is a document key; `form` what a hint or listing said of its form (one of `listKinds`), if known. */
  fetch(document: string, context: CallContext, form?: string): Promise<ReadOutcome<FetchedDocument>>;
  /** Writes a text for people onto a document, marked with the key so that `findNote` finds it. One call. */
  addNote(note: { document: string; key: string; text: string }, context: CallContext): Promise<WriteOutcome>;
  /** Whether the note with that key is on the document. One call. */
  findNote(note: { document: string; key: string }, context: CallContext): Promise<ReadOutcome<boolean>>;
  /** Cheapest read that shows the vendor answers; the half-open breaker sends it. */
  probe(context: CallContext): Promise<ReadOutcome<void>>;
}
