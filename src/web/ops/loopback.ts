/** Tells whether a connection comes from this very machine. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an address, as a socket gives it, is a loopback one; IPv4 inside IPv6 (`::ffff:127.0.0.1`) included. */
export function isLoopback(address: string | undefined): boolean {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(plain)) {
    return LOOPBACK.check(plain, 'ipv4');
  }
  return isIPv6(plain) && LOOPBACK.check(plain, 'ipv6');
}
