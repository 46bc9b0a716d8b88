import type { ResolvedConnection, SourcePure } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import type { LiveConfiguration } from '@voucherline/pipeline';
import type { Logger, SecretSource } from '@voucherline/platform';
import type { Receiver } from './receive-webhook.js';

/** How long a resolved secret is used before it is looked up again: a rotation takes effect within this time. */
const SECRETS_FRESH_MS = 30_000;

interface Kept {
  readonly receiver: Receiver | undefined;
  readonly hash: string;
  readonly until: number;
}

export interface ReceiversOptions {
  readonly configuration: LiveConfiguration;
  readonly secrets: SecretSource;
  readonly sourceOf: (product: string) => SourcePure | undefined;
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
    const receiver = this.#resolve(published.content, now);
    this.#kept.set(name, { receiver, hash: published.hash, until: now + SECRETS_FRESH_MS });
    return receiver;
  }

  #resolve(content: ConnectionContent, now: number): Receiver | undefined {
    const source = this.#options.sourceOf(content.product);
    if (source === undefined) return undefined;
    try {
      return { source, connection: resolveSecrets(content, this.#options.secrets, now) };
    } catch (error) {
      // The words of a missing secret name where to put it; the sender only sees the uniform refusal.
      this.#options.logger.error('connection can not receive webhooks', { connection: content.name, error });
      return undefined;
    }
  }
}

function resolveSecrets(content: ConnectionContent, secrets: SecretSource, now: number): ResolvedConnection {
  const resolved = Object.entries(content.secrets).map(([field, name]) => {
    const { current, previous } = secrets.resolve(name);
    const overlapping = previous !== undefined && (previous.until === undefined || previous.until > now);
    return [field, overlapping ? { current, previous: previous.value } : { current }] as const;
  });
  return { content, secrets: Object.fromEntries(resolved) };
}
