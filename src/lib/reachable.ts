/** Finds the addresses of a host that may be connected to, and tells whoever named it nothing of the names of our own network. */
import { isIP } from 'node:net';
import type { HostAddress, ResolveHost } from './host-resolver.js';
import { isPublicAddress } from './public-address.js';

/** How hosts are reached. */
export interface Reach {
  /** Private networks are allowed. */
  allowPrivate: boolean;
  resolve: ResolveHost;
  /** Told of a name whose addresses are all inside; for the operator's log. */
  onInside?: (host: string) => void;
}

/** There is no address to connect to. */
export class UnreachableHost extends Error {
  override name = 'UnreachableHost';
  constructor(
    /** The host is written as an address or a name of this very machine: its sender knows that it is inside. */
    readonly isPlainlyInside: boolean,
    message: string,
  ) {
    super(message);
  }
}

/** Whether who wrote this host can see that it is inside: an address, or this machine's own name. */
export function isPlainlyInside(host: string): boolean {
  return isIP(host) ? !isPublicAddress(host) : /(^|\.)localhost$/i.test(host);
}

/**
 * The addresses of a host that may be connected to, at least one. Throws UnreachableHost, with the same words and thus the same
 * further tries whether a name is unknown or leads inside: else whoever may name a host could ask which names there are inside.
 */
export async function findReachable(host: string, reach: Reach): Promise<HostAddress[]> {
  const { allowPrivate, resolve, onInside } = reach;
  const found = await resolve(host).catch((): HostAddress[] => []);
  const usable = allowPrivate ? found : found.filter(({ address }) => isPublicAddress(address));
  if (usable.length > 0) {
    return usable;
  }
  if (allowPrivate) {
    throw new UnreachableHost(false, '主机名解析不了 the host name could not be resolved');
  }
  if (isPlainlyInside(host)) {
    throw new UnreachableHost(true, '地址在内网 the address is in a private network');
  }
  if (found.length > 0) {
    onInside?.(host);
  }
  throw new UnreachableHost(
    false,
    '主机名没有公网地址，或解析不了 the host name leads to no public address, or could not be resolved',
  );
}
