import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/**
 * ERPs live on private networks, so those can't be blocked; but no vendor lives on this machine, on the link, or where
 * clouds serve their credentials (security.md §5). `BlockList` sees through IPv4 addresses written as ::ffff:a.b.c.d.
 */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const FORBIDDEN = new BlockList();
// "This host": Linux connects it to loopback.
FORBIDDEN.addSubnet('0.0.0.0', 8, 'ipv4');
// Link-local, with the metadata services of AWS, Azure, Google (169.254.169.254) and Tencent (169.254.0.23).
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
// Aliyun's and AWS' (IPv6) metadata services.
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
// The unspecified address and IPv4 in the old "compatible" form.
FORBIDDEN.addAddress('::', 'ipv6');
FORBIDDEN.addSubnet('::', 96, 'ipv6');

/** Which addresses a client may reach. */
export interface AddressPolicy {
  /** For sandboxes on this machine; never for a vendor. */
  allowLoopback: boolean;
}

/** An address that no connection may reach. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
  readonly code = 'BLOCKED_ADDRESS';
  constructor(address: string) {
    super(`${address} is loopback, link-local or a metadata service; use the address the vendor gave`);
  }
}

/** Whether `address`, an IP address in any notation that `URL` or DNS yields, must not be connected to. */
export function isBlockedAddress(address: string, { allowLoopback }: AddressPolicy): boolean {
  const version = isIP(address);
  if (version === 0) return true;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (LOOPBACK.check(address, family)) return !allowLoopback;
  return FORBIDDEN.check(address, family);
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** The slice of `dns.lookup` that is used. */
type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for `net.connect`: the very addresses that were checked are connected to, so a name that resolves
 * differently the second time (DNS rebinding) gains nothing. One blocked address among several refuses them all.
 */
export function guardedLookup(policy: AddressPolicy, resolve: Resolve = lookup) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const blocked = addresses.find(({ address }) => isBlockedAddress(address, policy));
      if (blocked) return callback(new BlockedAddressError(blocked.address), []);
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      if (first) callback(null, first.address, first.family);
    });
  };
}
