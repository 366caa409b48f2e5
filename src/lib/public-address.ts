/** Knows which IP addresses belong to the public internet, and which lead into somebody's own network. */
import { BlockList, isIP } from 'node:net';

/**
 * IPv4 networks that are not the public internet: IANA's special-purpose registry, multicast, reserved, and one cloud
 * address that looks public but answers the virtual machine itself.
 */
const PRIVATE_IPV4: readonly [string, number][] = [
  ['0.0.0.0', 8], // this host
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier NAT, and Alibaba Cloud's metadata
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's host agent
  ['169.254.0.0', 16], // link-local, and most clouds' metadata
  ['172.16.0.0', 12],
  ['192.0.0.0', 24], // protocol assignments, and Oracle Cloud's metadata
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved and broadcast
];

/** The only IPv6 network the internet uses. All else (loopback, mapped IPv4, NAT64, local, multicast) is outside it. */
const GLOBAL_IPV6: readonly [string, number] = ['2000::', 3];
const SPECIAL_IPV6: readonly [string, number][] = [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: carries any IPv4 address
  ['3fff::', 20], // documentation
];

const privateIpv4 = new BlockList();
for (const [network, prefix] of PRIVATE_IPV4) {
  privateIpv4.addSubnet(network, prefix, 'ipv4');
}
const globalIpv6 = new BlockList();
globalIpv6.addSubnet(...GLOBAL_IPV6, 'ipv6');
const specialIpv6 = new BlockList();
for (const [network, prefix] of SPECIAL_IPV6) {
  specialIpv6.addSubnet(network, prefix, 'ipv6');
}

/**
 * Whether an IP address (without brackets) is one of the public internet. False for anything that is no IP address.
 * IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4) count as not public, whatever they carry.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !privateIpv4.check(address, 'ipv4');
    case 6:
      return globalIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}
