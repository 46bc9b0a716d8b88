import { DEFAULT_SHARDS, encode, factId, type Message, rawContent } from '@voucherline/contracts';
import { type OutgoingRecord, shardOf } from '@voucherline/pipeline';
import { approvalKey } from './approvals.js';
import { CORP, SOURCE } from './configuration.js';

/** As long as a callback of DingTalk; the collector does not look into it. */
const BODY = rawContent(Buffer.from(JSON.stringify({ encrypt: 'A'.repeat(700) })));

/** What webhook-ingestion says when DingTalk tells that an approval has ended. */
export function hintAt(instance: string): OutgoingRecord {
  const key = approvalKey(instance);
  const receivedAt = new Date().toISOString();
  const message: Message<'InboundReceived'> = {
    ...{
      type: 'InboundReceived',
      id: factId('bench hint', instance),
      source: `webhook-ingestion/dingtalk/${CORP}`,
      key,
    },
    ...{ time: receivedAt, configuration: 1 },
    data: {
      ...{ connection: SOURCE, product: 'dingtalk', receivedAt, event: 'bpms_instance_change' },
      request: {
        query: { timestamp: String(Date.now()), nonce: instance },
        contentType: 'application/json',
        body: BODY,
      },
      verification: { scheme: 'dingtalk-aes-sha1', secret: 'current' },
      hint: { document: key, announced: 'ended', worthRead: true },
    },
  };
  return { topic: 'inbound.received.v1', partition: shardOf(key, DEFAULT_SHARDS), record: encode(message) };
}
