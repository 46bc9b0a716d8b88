import type { ResolvedConnection } from '@voucherline/connector-kit';

/** Token and AES key of the callback, as set together in DingTalk's console. */
export interface CallbackSecrets {
  readonly label: 'current' | 'previous';
  readonly token: string;
  readonly aesKey: string;
}

/** The pairs that are in force: the current one and, while a rotation overlaps, the one before. @throws {Error} naming a missing secret */
export function callbackSecrets({ secrets }: ResolvedConnection): readonly CallbackSecrets[] {
  const { callbackToken: token, callbackAesKey: aesKey } = secrets;
  if (token === undefined || aesKey === undefined) {
    throw new Error(`connection secret ${token === undefined ? 'callbackToken' : 'callbackAesKey'}: is missing`);
  }
  const current: CallbackSecrets = { label: 'current', token: token.current, aesKey: aesKey.current };
  if (token.previous === undefined && aesKey.previous === undefined) return [current];
  return [
    current,
    { label: 'previous', token: token.previous ?? token.current, aesKey: aesKey.previous ?? aesKey.current },
  ];
}
