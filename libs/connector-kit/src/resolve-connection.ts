import type { ConnectionContent } from '@voucherline/contracts';
import type { Clock, SecretSource } from '@voucherline/platform';
import type { ResolvedConnection, SecretValue } from './ports/connection.js';

/** How long a secret is used before it is looked up again: a rotation takes effect within this time, without a restart. */
const FRESH_MS = 30_000;

/**
 * A connection with its secrets, each looked up again when it is used after half a minute.
 * @throws {SecretError} at once when one is missing; later, from the property, when it was taken away since
 */
export function resolveConnection(content: ConnectionContent, source: SecretSource, clock: Clock): ResolvedConnection {
  const secrets = {};
  for (const [field, name] of Object.entries(content.secrets)) {
    let value = lookUp(source, name);
    let staleAt = clock.now() + FRESH_MS;
    Object.defineProperty(secrets, field, {
      enumerable: true,
      get: () => {
        const now = clock.now();
        if (now >= staleAt) {
          value = lookUp(source, name);
          staleAt = now + FRESH_MS;
        }
        return value;
      },
    });
  }
  return { content, secrets };
}

function lookUp(source: SecretSource, name: string): SecretValue {
  const { current, previous } = source.resolve(name);
  return previous === undefined ? { current } : { current, previous: previous.value };
}
