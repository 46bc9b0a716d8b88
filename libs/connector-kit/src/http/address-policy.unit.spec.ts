import { describe, expect, it } from 'vitest';
import { guardedLookup, isBlockedAddress } from './address-policy.js';

const strict = { allowLoopback: false };
const sandbox = { allowLoopback: true };

describe('isBlockedAddress', () => {
  it.each(['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])(
    'blocks loopback %s unless the connection is a sandbox',
    (address) => {
      expect(isBlockedAddress(address, strict)).toBe(true);
      expect(isBlockedAddress(address, sandbox)).toBe(false);
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '::127.0.0.1',
    '169.254.169.254',
    '169.254.0.23',
    '::ffff:169.254.169.254',
    '100.100.100.200',
    '::ffff:100.100.100.200',
    'fe80::1',
    'febf::1',
    'fd00:ec2::254',
    'localhost',
    '',
  ])('blocks %s for everybody', (address) => {
    expect(isBlockedAddress(address, strict)).toBe(true);
    expect(isBlockedAddress(address, sandbox)).toBe(true);
  });

  it.each(['10.0.0.5', '192.168.1.10', '172.16.3.4', '100.100.100.201', '47.98.0.1', 'fd12::1', '2001:db8::1'])(
    'lets %s through: ERPs live on private networks',
    (address) => {
      expect(isBlockedAddress(address, strict)).toBe(false);
    },
  );
});

describe('guardedLookup', () => {
  const answering = (...addresses: string[]) =>
    guardedLookup(strict, (_name, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );
  const ask = (lookup: ReturnType<typeof guardedLookup>, all: boolean) =>
    new Promise((resolve) =>
      lookup('erp.example', { all }, (error, address, family) => resolve(error ?? [address, family])),
    );

  it('hands on what it has checked, in the form asked for', async () => {
    expect(await ask(answering('10.0.0.5', '10.0.0.6'), false)).toEqual(['10.0.0.5', 4]);
    expect(await ask(answering('10.0.0.5'), true)).toEqual([[{ address: '10.0.0.5', family: 4 }], undefined]);
  });

  it('refuses a name when any of its addresses is blocked', async () => {
    const refused = await ask(answering('10.0.0.5', '169.254.169.254'), true);
    expect(refused).toMatchObject({ code: 'BLOCKED_ADDRESS', message: expect.stringContaining('169.254.169.254') });
  });

  it('hands on the resolver’s error', async () => {
    const failing = guardedLookup(strict, (_name, _options, callback) => callback(new Error('ENOTFOUND'), []));
    expect(await ask(failing, true)).toMatchObject({ message: 'ENOTFOUND' });
  });
});
