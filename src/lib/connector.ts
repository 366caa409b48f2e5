/** How connections to the outside are opened: directly or through a proxy's tunnel, with the certificates that are taken. */
import { type LookupFunction, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, Pool } from 'undici';
import type { OutgoingProxy } from './outgoing-proxy.js';
import type { TlsTrust } from './tls-trust.js';

/** What a connection is opened with. */
export interface ConnectorOptions {
  proxy: OutgoingProxy | null;
  timeoutMs: number;
  /** Where a name leads, for connections without the proxy. */
  lookup?: LookupFunction;
  /** Names the address that the proxy connects to; absent: the proxy looks names up by itself. Throws as `lookup` does. */
  pickAddress?: (host: string) => Promise<string>;
  /** Absent: the public authorities. */
  trust?: TlsTrust;
}

/** A connector, with the connections to the proxy that it keeps. */
export interface Connector {
  connect: buildConnector.connector;
  close(): Promise<void>;
}

/** A dispatcher, and what ends it with all its connections once the requests under way are over. */
export interface OutgoingAgent {
  dispatcher: Dispatcher;
  close(): Promise<void>;
}

/** Makes a dispatcher whose connections are opened so. */
export function createOutgoingAgent(
  options: ConnectorOptions,
  pool: Pick<Agent.Options, 'connections' | 'keepAliveTimeout'>,
): OutgoingAgent {
  const connector = createConnector(options);
  const agent = new Agent({ ...pool, connect: connector.connect });
  let closing: Promise<void> | null = null;
  return {
    dispatcher: agent,
    close: () => {
      closing ??= agent.close().then(connector.close);
      return closing;
    },
  };
}

/** A certificate that is not the pinned one. */
class PinError extends Error {
  readonly code = 'ERR_TLS_CERT_PIN';
}

/** Makes a connector for undici's dispatchers. */
export function createConnector(options: ConnectorOptions): Connector {
  const { proxy, timeoutMs, lookup, trust } = options;
  const connect = buildConnector({
    timeout: timeoutMs,
    ...(lookup ? { lookup } : {}),
    ...(trust?.kind === 'ca' ? { ca: trust.pem } : {}),
    // The pin says which certificate it is; what authorities and names say of it does not matter then.
    ...(trust?.kind === 'pin' ? { rejectUnauthorized: false, maxCachedSessions: 0 } : {}),
  });
  const tunnels = proxy ? new Pool(proxy.url.origin, { connect: { timeout: timeoutMs } }) : null;
  return {
    connect: (target, callback) => {
      const checked = trust?.kind === 'pin' ? checkingPin(trust.sha256, callback) : callback;
      const port = target.port || (target.protocol === 'https:' ? '443' : '80');
      if (!proxy || !tunnels || proxy.bypasses(target.hostname, port)) {
        connect(target, checked);
        return;
      }
      openTunnel(tunnels, options, { proxy, host: target.hostname, port }).then(
        (socket) => {
          if (target.protocol === 'https:') {
            connect({ ...target, httpSocket: socket }, checked);
          } else {
            callback(null, socket);
          }
        },
        (error: Error) => callback(error, null),
      );
    },
    close: async () => {
      await tunnels?.destroy();
    },
  };
}

/** A proxy refused to connect; the status is all that is told. */
class ProxyError extends Error {
  readonly code: string;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.code = `PROXY_${status}`;
  }
}

async function openTunnel(
  tunnels: Pool,
  { pickAddress, timeoutMs }: ConnectorOptions,
  { proxy, host, port }: { proxy: OutgoingProxy; host: string; port: string },
) {
  const address = pickAddress ? await pickAddress(host) : host;
  const target = `${address.includes(':') && !address.startsWith('[') ? `[${address}]` : address}:${port}`;
  const { statusCode, socket } = await tunnels.connect({
    path: target,
    headers: { host: target, ...toAuthorization(proxy.url) },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (statusCode !== 200) {
    socket.on('error', () => {}).destroy();
    throw new ProxyError(statusCode);
  }
  if (!(socket instanceof Socket)) {
    throw new TypeError('a tunnel is no socket');
  }
  return socket;
}

function toAuthorization({ username, password }: URL): Record<string, string> {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

function checkingPin(sha256: string, callback: buildConnector.Callback): buildConnector.Callback {
  return (error, socket) => {
    if (error) {
      callback(error, null);
    } else if (!(socket instanceof TLSSocket) || fingerprintOf(socket) === sha256) {
      callback(null, socket);
    } else {
      socket.destroy();
      callback(new PinError('the certificate is not the pinned one'), null);
    }
  };
}

function fingerprintOf(socket: TLSSocket): string | undefined {
  return socket.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase();
}
