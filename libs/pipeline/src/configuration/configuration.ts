import type { ConnectionContent, FlowPublished } from '@voucherline/contracts';

/** One published version of a flow or connection. */
export interface Published<C> {
  readonly name: string;
  readonly hash: string;
  /** Offset on `configuration.published`. */
  readonly offset: number;
  /** Time of publication, ms since the epoch (the record's timestamp). */
  readonly publishedAt: number;
  readonly content: C;
}

/** All that was published, every version, in order. Read-only; grows as the topic does. */
export interface Configuration {
  /** Offset of the last message read; -1 before the first. */
  readonly position: number;
  /** Versions of a flow, oldest first; empty for an unknown name. */
  flowVersions(name: string): readonly Published<FlowPublished['content']>[];
  flowNames(): readonly string[];
  /** The newest version of a connection. */
  connection(name: string): Published<ConnectionContent> | undefined;
  connections(): readonly Published<ConnectionContent>[];
}

/** Configuration that is kept up to date. */
export interface LiveConfiguration extends Configuration {
  /** Resolves once `position` is at least this offset. */
  upTo(offset: number): Promise<void>;
  /** Calls back after each change; returns the unsubscription. */
  onChange(listener: () => void): () => void;
}
