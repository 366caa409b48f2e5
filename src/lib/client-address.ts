/** Tells who a request comes from, behind as many reverse proxies as the operator says there are. */
import { isIP } from 'node:net';

/** What a request tells of where it comes from. */
export interface Hops {
  /** The other end of the connection, as the socket gives it. */
  peer: string | undefined;
  /** The X-Forwarded-For header; each proxy adds its own peer at the end. */
  forwarded: string;
  /** How many proxies of ours stand in front; 0: what the header says counts for nothing. */
  proxies: number;
}

/**
 * The caller's address, IPv4 as people write it. Of the header only what our own proxies wrote counts, which are the last
 * `proxies` entries: everything before them is the caller's to invent. What is no address leaves the peer's.
 */
export function readClientAddress({ peer, forwarded, proxies }: Hops): string {
  const own = toPlain(peer ?? '');
  const written = forwarded === '' || proxies <= 0 ? [] : forwarded.split(',').slice(-proxies);
  const told = toPlain(withoutPort((written[0] ?? '').trim()));
  return isIP(told) === 0 ? own : told;
}

/** A socket that listens on IPv6 gives IPv4 peers like `::ffff:203.0.113.9`. */
function toPlain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Some proxies (IIS, Azure) write the port too: `203.0.113.9:4711`, `[2001:db8::9]:4711`. */
function withoutPort(entry: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
}

/**
 * What counts as one caller: an IPv4 address, and of IPv6 the first 64 bits, since whoever has one such address has all that
 * begin alike. What is no address is itself.
 */
export function networkOf(address: string): string {
  const plain = toPlain(address.split('%')[0] ?? '');
  if (isIP(plain) !== 6) {
    return plain;
  }
  // The URL parser writes IPv6 in its one short form.
  const [head = '', tail = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const groups = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const [before = [], after = []] = groups;
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}
