import { resolveConnection, type SourcePure } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import type { LiveConfiguration } from '@voucherline/pipeline';
import type { Clock, Logger, SecretSource } from '@voucherline/platform';
import type { Receiver } from './receive-webhook.js';

interface Kept {
  readonly receiver: Receiver | undefined;
  readonly hash: string;
  /** A connection whose secret was missing is looked at again after a while: somebody may have put it in its place. */
  readonly until: number;
}

const TRY_AGAIN_MS = 30_000;

export interface ReceiversOptions {
  readonly configuration: LiveConfiguration;
  readonly secrets: SecretSource;
  readonly sourceOf: (product: string) => SourcePure | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Finds the receiver of `POST /webhooks/<connection>` in the published configuration, with its secrets resolved. */
export class Receivers {
  readonly #kept = new Map<string, Kept>();
  readonly #options: ReceiversOptions;

  constructor(options: ReceiversOptions) {
    this.#options = options;
  }

  /** The receiver, or undefined when no such connection is published, its product sends no webhooks, or a secret is missing. */
  find(name: string, now: number): Receiver | undefined {
    const published = this.#options.configuration.connection(name);
    if (published === undefined) return undefined;
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.hash === published.hash && kept.until > now) return kept.receiver;
    const receiver = this.#resolve(published.content);
    const until = receiver === undefined ? now + TRY_AGAIN_MS : Number.POSITIVE_INFINITY;
    this.#kept.set(name, { receiver, hash: published.hash, until });
    return receiver;
  }

  #resolve(content: ConnectionContent): Receiver | undefined {
    const source = this.#options.sourceOf(content.product);
    if (source === undefined) return undefined;
    try {
      return { source, connection: resolveConnection(content, this.#options.secrets, this.#options.clock) };
    } catch (error) {
      // The words of a missing secret name where to put it; the sender only sees the uniform refusal.
      this.#options.logger.error('connection can not receive webhooks', { connection: content.name, error });
      return undefined;
    }
  }
}
