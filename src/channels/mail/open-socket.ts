/** Connects to a mail server that a user named: only to an address that was checked, and not for ever. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { findReachable, type Reach, UnreachableHost } from '#src/lib/reachable.js';

/** Why there is no connection. `blocked`: the host is plainly in a private network; a name that leads there is `dns`. */
export class MailSocketError extends Error {
  readonly reason: 'blocked' | 'dns' | 'timeout' | 'network';

  constructor(reason: 'blocked' | 'dns' | 'timeout' | 'network', message: string) {
    super(message);
    this.name = 'MailSocketError';
    this.reason = reason;
  }
}

/** Where to connect. */
export interface SocketTarget extends Reach {
  host: string;
  port: number;
  timeoutMs: number;
}

/** A connected socket. Throws `MailSocketError` and nothing else. */
export async function openMailSocket(target: SocketTarget): Promise<Socket> {
  const socket = connect({ host: await firstAddress(target), port: target.port });
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
async function firstAddress({ host, ...reach }: SocketTarget): Promise<string> {
  try {
    return (await findReachable(host, reach))[0]?.address ?? host;
  } catch (error) {
    throw error instanceof UnreachableHost
      ? new MailSocketError(error.isPlainlyInside ? 'blocked' : 'dns', error.message)
      : error;
  }
}
