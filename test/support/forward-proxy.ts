/** A forward proxy for tests: it takes tunnels, with a password where it has one, and notes where they led. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A proxy that runs. */
export interface ForwardProxy {
  url: string;
  /** The target of each tunnel that was asked for, in order. */
  targets: string[];
  close(): Promise<void>;
}

/** Starts one. `leadTo` says where a target really leads; the target itself unless told. */
export async function openForwardProxy(
  options: { password?: string; leadTo?: (target: string) => string } = {},
): Promise<ForwardProxy> {
  const targets: string[] = [];
  const { password, leadTo = (target) => target } = options;
  const wanted = password === undefined ? null : `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
  const server = createServer((_, res) => res.writeHead(400).end('only tunnels'));
  server.on('connect', (req, socket, head) => {
    const target = req.url ?? '';
    targets.push(target);
    socket.on('error', () => {});
    if (wanted !== null && req.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const [, host = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(leadTo(target)) ?? [];
    const far = connect({ host, port: Number(port) }, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    far.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${password === undefined ? '' : `me:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    targets,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
