/** The proxy that requests to the outside go through, and the hosts that are reached without it. */
import { BlockList, isIP } from 'node:net';
import { isLoopbackName } from './host-names.js';

/** A proxy; `bypasses` tells which hosts are reached without it. */
export interface OutgoingProxy {
  /** http or https, with user and password where it asks for them. */
  url: URL;
  bypasses(host: string, port: string): boolean;
}

/**
 * Makes the proxy of an address and a list as NO_PROXY is written by convention: host names (with what is below them),
 * addresses, networks (`10.0.0.0/8`), each with a port or without, or `*` for everything. This machine itself is always
 * reached without it.
 */
export function createOutgoingProxy(address: string, exceptions: string): OutgoingProxy {
  const rules = exceptions
    .split(/[\s,]+/)
    .filter((rule) => rule !== '')
    .map(toRule);
  return {
    url: new URL(address),
    bypasses: (host, port) => {
      const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
      return isLoopback(bare) || rules.some((rule) => rule(bare, port));
    },
  };
}

type Rule = (host: string, port: string) => boolean;

function toRule(text: string): Rule {
  if (text === '*') {
    return () => true;
  }
  const network = /^([\da-f.:]+)\/(\d{1,3})$/i.exec(text);
  if (network) {
    return toNetworkRule(network[1] ?? '', Number(network[2]));
  }
  const [, name = '', wanted = ''] =
    /^(.+?)(?::(\d{1,5}))?$/.exec(isIP(text) === 6 ? `[${text}]` : text) ?? [];
  const bare = name
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/^\*?\./, '');
  return (host, port) =>
    (host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`))) && (wanted === '' || wanted === port);
}

function toNetworkRule(network: string, prefix: number): Rule {
  const family = isIP(network);
  const list = new BlockList();
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) {
    return () => false;
  }
  list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) === family && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function isLoopback(host: string): boolean {
  return isLoopbackName(host) || host.endsWith('.localhost');
}
