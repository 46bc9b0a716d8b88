import type { ConnectionContent } from '@voucherline/contracts';
import type { ResolvedConnection } from '../../ports/connection.js';
import type { HttpReply, RawRequest, SourcePure } from '../../ports/source.js';

/** A webhook with a signature that somebody else computed. */
export interface SignedVector {
  readonly name: string;
  readonly connection: ResolvedConnection;
  readonly request: RawRequest;
  /** When it was signed, ms. */
  readonly signedAt: number;
  readonly plaintext: string;
}

/** A request that has to be refused, and what is wrong with it. */
export interface Forgery {
  readonly name: string;
  readonly request: RawRequest;
}

/** A document as the collector keeps it. */
export interface DocumentFixture {
  readonly name: string;
  readonly content: Buffer;
  readonly connection: ConnectionContent;
}

/** What the kit has to know of a product to put the pure half of its source to the test. */
export interface PureSourceHarness {
  readonly source: SourcePure;
  readonly vectors: readonly SignedVector[];
  /** The vector's signature on requests whose parts are moved, respelled or malformed (security.md W2, W4). */
  forgeriesOf(vector: SignedVector): readonly Forgery[];
  readonly connection: ResolvedConnection;
  /** Another tenant of the same product. */
  readonly stranger: ResolvedConnection;
  /** The same connection before, while and after its secrets are changed. */
  readonly rotation: Readonly<Record<'before' | 'during' | 'after', ResolvedConnection>>;
  /** Signs content at a time (ms) as the vendor does. */
  sign(content: string, at: number, connection: ResolvedConnection): RawRequest;
  /** The vendor's own check of our reply. */
  accepts(reply: HttpReply, connection: ResolvedConnection): boolean;
  /** Content of the console's check of the address, where the product has one. */
  readonly handshake?: string;
  /** Content of events of `connection`, and the document each points at. */
  readonly events: readonly { readonly content: string; readonly document?: string }[];
  /** Documents that can be read. */
  readonly documents: readonly DocumentFixture[];
  /** Pairs of the same approval before and after it was talked about: our own note among it. */
  readonly sameApproval: readonly (readonly [before: DocumentFixture, after: DocumentFixture])[];
}
