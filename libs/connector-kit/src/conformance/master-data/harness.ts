import type { CallContext } from '../../ports/connection.js';
import type { MasterDataCalls, MasterDataPure } from '../../ports/master-data.js';

/** A sandbox of the product, and what people change in it. */
export interface MasterDataScene {
  readonly context: CallContext;
  /** A call of the sandbox's control API. */
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Codes that a walk has to show, by the sandbox's own knowledge. */
  codes(kind: string): Promise<readonly string[]>;
  /** Puts so many rows in that a walk needs several pages. */
  fill(kind: string): Promise<void>;
  /** Gives one row another name. */
  rename(kind: string, code: string): Promise<void>;
  close(): Promise<void>;
}

/** What the kit has to know of a product to put its master data to the test. */
export interface MasterDataHarness {
  readonly calls: MasterDataCalls;
  readonly pure: MasterDataPure;
  /** The sandbox's name for the first call of a walk, by kind; every kind of the manifest. */
  readonly operations: Readonly<Record<string, string>>;
  start(): Promise<MasterDataScene>;
}
