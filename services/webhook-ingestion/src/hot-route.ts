import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/** Answers a webhook. `connection` is decoded, `query` as sent, without its question mark. */
export type WebhookListener = (
  connection: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
) => void;

const PATH = /^\/webhooks\/([^/?#]+)(?:\?([^#]*))?$/;

/**
 * Takes `POST /webhooks/<connection>` before the server's other listeners, which get everything else. Express gives each
 * request another prototype, after which Node's own HTTP code is slow with it: that alone cost more than the verification.
 */
export function takeWebhooks(server: Server, listener: WebhookListener): void {
  const others = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const [, name, query = ''] = (request.method === 'POST' && PATH.exec(request.url ?? '')) || [];
    const connection = name === undefined ? undefined : decoded(name);
    if (connection !== undefined) listener(connection, query, request, response);
    else for (const other of others) other(request, response);
  });
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
