/** Connects to a mail server that a user named: only to an address that was checked, and not for ever. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ResolveHost } from '#src/lib/host-resolver.js';
import { isPublicAddress } from '#src/lib/public-address.js';

/** Why there is no connection. `blocked`: the name leads into a private network. */
export class MailSocketError extends Error {
  readonly reason: 'blocked' | 'dns' | 'timeout' | 'network';

  constructor(reason: 'blocked' | 'dns' | 'timeout' | 'network', message: string) {
    super(message);
    this.name = 'MailSocketError';
    this.reason = reason;
  }
}

/** Where to connect. */
export interface SocketTarget {
  host: string;
  port: number;
  /** Whether private networks are allowed. */
  allowPrivate: boolean;
  resolve: ResolveHost;
  timeoutMs: number;
}

/** A connected socket. Throws `MailSocketError` and nothing else. */
export async function openMailSocket(target: SocketTarget): Promise<Socket> {
  const addresses = await usableAddresses(target);
  const first = addresses[0];
  if (!first) {
    throw new MailSocketError('blocked', 'the mail server is in a private network');
  }
  const socket = connect({ host: first.address, port: target.port });
  const late = new MailSocketError('timeout', `no connection within ${target.timeoutMs} ms`);
  const timer = setTimeout(() => socket.destroy(late), target.timeoutMs);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    socket.destroy();
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw error === late ? late : new MailSocketError('network', `the connection failed${code}`);
  } finally {
    clearTimeout(timer);
  }
}

/** IPv4 first: the resolver's order. One name's addresses are one service, so the first usable one will do. */
async function usableAddresses({ host, allowPrivate, resolve }: SocketTarget) {
  try {
    const found = await resolve(host);
    return found.filter(({ address }) => allowPrivate || isPublicAddress(address));
  } catch {
    throw new MailSocketError('dns', 'the name of the mail server could not be resolved');
  }
}
