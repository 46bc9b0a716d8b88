import type {
  RawRequest,
  Reception,
  RefusalReason,
  ResolvedConnection,
  SourcePure,
  VerifiedRequest,
} from '@voucherline/connector-kit';
import { encode, factId, type InboundReceived, rawContent } from '@voucherline/contracts';
import type { OutgoingRecord } from '@voucherline/pipeline';

/** A connection that may receive webhooks: its connector and its resolved secrets. */
export interface Receiver {
  readonly source: SourcePure;
  readonly connection: ResolvedConnection;
}

/** A webhook that was understood: what to put into the log, if anything, and how to answer afterwards. */
export interface Understood {
  readonly kind: 'understood';
  readonly record?: OutgoingRecord;
  readonly event: string;
  readonly reception: Reception;
}

/** Refused: outside one uniform 401, inside the reason. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason | 'unknown-connection' | 'unreadable';
  readonly detail: string;
}

/**
 * Verifies a webhook and turns it into the record of its `InboundReceived`. Pure but for the time it is given.
 *
 * The id is the hash of the account and the authenticated content, not of nonce, timestamp or spelling: those are malleable
 * in the vendors' schemes (security.md W2), so a replay with other headers is the same message.
 * Authentic bytes that can't be understood are refused too: nothing could be answered in the vendor's words, and what they were
 * about is found by the sweep.
 */
export function receiveWebhook(receiver: Receiver, request: RawRequest, context: ReceiveContext): Understood | Refused {
  const verification = receiver.source.verify(request, receiver.connection, context.now);
  if (!verification.ok) return { kind: 'refused', reason: verification.reason, detail: verification.detail };
  const reception = understand(receiver, verification.request);
  if (reception instanceof Error) return { kind: 'refused', reason: 'unreadable', detail: reception.message };
  if (!reception.publish) return { kind: 'understood', event: reception.event, reception };
  const record = recordOf(receiver.connection, request, verification.request, reception, context);
  return { kind: 'understood', event: reception.event, reception, record };
}

function understand({ source, connection }: Receiver, request: VerifiedRequest): Reception | Error {
  try {
    return source.receive(request, connection);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export interface ReceiveContext {
  /** ms since the epoch. */
  readonly now: number;
  readonly traceparent: string;
  /** Offset of `configuration.published` that the connection was taken from. */
  readonly configuration: number;
  partitionOf(key: string): number;
}

function recordOf(
  { content }: ResolvedConnection,
  request: RawRequest,
  verified: VerifiedRequest,
  reception: Reception,
  context: ReceiveContext,
): OutgoingRecord {
  const id = factId('InboundReceived', content.product, content.account, verified.plaintext.toString('latin1'));
  const key = reception.hint?.document ?? `${content.product}/${content.account}`;
  const receivedAt = new Date(context.now).toISOString();
  const data: InboundReceived = {
    connection: content.name,
    product: content.product,
    receivedAt,
    request: {
      query: request.query,
      contentType: request.headers['content-type'] ?? '',
      body: rawContent(request.body),
    },
    verification: { scheme: verified.scheme, secret: verified.secret },
    event: reception.event,
    ...(reception.hint && { hint: reception.hint }),
  };
  return {
    topic: 'inbound.received.v1',
    partition: context.partitionOf(key),
    record: encode({
      id,
      source: `webhook-ingestion/${content.product}/${content.account}`,
      type: 'InboundReceived',
      key,
      time: receivedAt,
      configuration: context.configuration,
      traceparent: context.traceparent,
      data,
    }),
  };
}
