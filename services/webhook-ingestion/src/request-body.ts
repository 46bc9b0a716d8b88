import type { IncomingMessage } from 'node:http';

/** Largest webhook that is read; larger ones are refused before they are buffered (security.md W9). */
export const MAX_BODY_BYTES = 256 * 1024;

/** Why a request is refused by its outer form alone, with the HTTP status that says so. */
export interface FormFault {
  readonly status: 413 | 415 | 400;
  readonly reason: 'too-large' | 'unsupported-media' | 'aborted';
}

const CONTENT_TYPE = /^application\/(json|xml)(\s*;\s*charset=("?)utf-8\3)?$|^text\/xml(\s*;\s*charset=("?)utf-8\5)?$/i;

/** The fault of a request's headers, or undefined: only identity-encoded UTF-8 JSON or XML is read (security.md W8, W10). */
export function headerFault(request: IncomingMessage): FormFault | undefined {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return { status: 415, reason: 'unsupported-media' };
  if (!CONTENT_TYPE.test(request.headers['content-type'] ?? '')) return { status: 415, reason: 'unsupported-media' };
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > MAX_BODY_BYTES) return { status: 413, reason: 'too-large' };
  return undefined;
}

/** Reads the body as the bytes that were signed, never more than `MAX_BODY_BYTES` of them. */
export function readBody(request: IncomingMessage): Promise<Buffer | FormFault> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        request.pause();
        resolve({ status: 413, reason: 'too-large' });
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', () => resolve({ status: 400, reason: 'aborted' }));
    request.on('close', () => resolve({ status: 400, reason: 'aborted' }));
  });
}
