import { contentHash } from './ids.js';
import type { RawContent } from './messages/index.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Keeps bytes so that they come back exactly: as text where they are valid UTF-8 without NUL, else as base64. */
export function rawContent(bytes: Uint8Array): RawContent {
  const sha256 = contentHash(bytes);
  try {
    const data = utf8.decode(bytes);
    if (!data.includes('\0')) return { encoding: 'utf8', data, sha256 };
  } catch {
    // Not UTF-8: base64 below keeps every byte.
  }
  return { encoding: 'base64', data: Buffer.from(bytes).toString('base64'), sha256 };
}

/** The bytes that `rawContent` kept. */
export function rawBytes(content: RawContent): Buffer {
  return Buffer.from(content.data, content.encoding);
}
