import type { ConnectionContent } from '@voucherline/contracts';

/** A connection's settings in the types that the manifest declares. */
export interface DingtalkSettings {
  readonly appKey: string;
  readonly processCodes: readonly string[];
  /** Owner keys that a callback may carry (dingtalk.md §1.3). */
  readonly ownerKeys: readonly string[];
  /** In whose name comments are written; without it nothing is written back. */
  readonly commentUserId?: string;
}

/** Reads the settings. @throws {TypeError} naming the setting, when the connection was published unchecked. */
export function settingsOf({ account, settings }: ConnectionContent): DingtalkSettings {
  const { appKey, processCodes, allowedOwnerKeys = [], commentUserId } = settings;
  if (typeof appKey !== 'string') throw new TypeError('connection setting appKey: must be a text');
  if (commentUserId !== undefined && typeof commentUserId !== 'string') {
    throw new TypeError('connection setting commentUserId: must be a text');
  }
  const owners = texts('allowedOwnerKeys', allowedOwnerKeys);
  return {
    appKey,
    processCodes: texts('processCodes', processCodes),
    // Sources disagree on which of the two an internal app gets, so both are taken unless one was chosen.
    ownerKeys: owners.length > 0 ? owners : [appKey, account],
    ...(commentUserId !== undefined && { commentUserId }),
  };
}

function texts(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new TypeError(`connection setting ${name}: must be a list of texts`);
  }
  return value as string[];
}
