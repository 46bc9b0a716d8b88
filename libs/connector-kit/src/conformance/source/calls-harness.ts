import type { ResolvedConnection } from '../../ports/connection.js';
import type { SourceCalls, SourcePure } from '../../ports/source.js';

/** A sandbox of the product, and what people do in it. */
export interface SourceScene {
  readonly baseUrl: string;
  readonly connection: ResolvedConnection;
  /** Somebody hands in a form of `kind`; gives the document's key. */
  submit(): Promise<string>;
  approve(document: string): Promise<void>;
  /** Makes everything that was granted to us so far worthless. */
  expireTokens(): Promise<void>;
  /** Texts of the notes on a document, by the sandbox's own book. */
  notesOn(document: string): readonly string[];
  close(): Promise<void>;
}

/** What the kit has to know of a product to put the calling half of its source to the test. */
export interface SourceCallsHarness {
  readonly calls: SourceCalls;
  readonly pure: SourcePure;
  /** One of the connection's `listKinds`. */
  readonly kind: string;
  /** The sandbox's names for the calls. */
  readonly operations: Readonly<Record<'token' | 'fetch' | 'listPage' | 'addNote', string>>;
  /** Key of a document that does not exist. */
  readonly unknownDocument: string;
  start(): Promise<SourceScene>;
}
