/** Names by which a server is asked for: what a Host header holds, and which names mean this very machine. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

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

/**
 * The name in a Host header, as names are compared: without port and closing dot, in lower case, IPv6 without brackets. Empty
 * where the header is missing or holds no name.
 */
export function hostNameOf(header: string | undefined): string {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([^\s:[\]/@]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  return toPlainName(bracketed ?? plain ?? '');
}

/** The name in an address such as `https://push.example.com/sub`; empty where it is none. */
export function hostNameOfUrl(url: string): string {
  return URL.canParse(url) ? hostNameOf(new URL(url).host) : '';
}

/** A name as it is compared. */
export function toPlainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/** Whether a plain name or address means this very machine, whoever resolves it. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || isLoopback(name);
}

/** Whether a plain name is an address, which no name server can make point elsewhere. */
export function isAddress(name: string): boolean {
  return isIP(name) !== 0;
}
