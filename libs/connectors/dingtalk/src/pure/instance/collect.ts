import type { FetchedDocument } from '@voucherline/connector-kit';
import { approvalKey } from '../approval-key.js';
import type { JsonObject } from '../strict-json.js';
import { type Asked, collectedContent } from './content.js';
import { fingerprintOf } from './fingerprint.js';
import { revokedInstance } from './normalise.js';

const ENDED: ReadonlySet<unknown> = new Set(['COMPLETED', 'TERMINATED', 'CANCELED']);

/** What the collector gets of an instance: a revocation is collected under the instance it revokes. */
export function collectedDocument(asked: Asked, answer: Buffer, instance: JsonObject, corpId: string): FetchedDocument {
  return {
    content: collectedContent(asked, answer),
    fingerprint: fingerprintOf(instance),
    subject: approvalKey(corpId, revokedInstance(instance) ?? asked.processInstanceId),
    ended: ENDED.has(instance.status),
  };
}
