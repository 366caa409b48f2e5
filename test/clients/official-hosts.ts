/** Stands for the hosts of the original services, as a proxy with a certificate of its own, so that their clients run as they are. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What clients have built in, and no setting for. */
const HOSTS = ['www.pushplus.plus', 'wxpusher.zjiecode.com', 'sctapi.ftqq.com'];
/** Each key of Server酱³ has a host name of its own. */
const HOST_OF_A_KEY = '.push.ft07.com';

/** The running proxy. */
export interface OfficialHosts {
  /** What a program's environment must say: the proxy, and that its certificate is good. */
  env: Record<string, string>;
  close(): void;
}

/** Starts it: whatever is asked of those hosts is asked of the server at `to`, under the name that was asked for. */
export async function openOfficialHosts(to: string, folder: string): Promise<OfficialHosts> {
  const { key, cert } = makeCertificate(folder);
  const pass = (from: IncomingMessage, answer: ServerResponse): void => passOn(to, from, answer);
  const secure = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, pass);
  const proxy = createServer(pass);
  proxy.on('connect', ({ url = '' }, socket) => {
    if (!isOfficial(url.split(':')[0] ?? '')) {
      // Nothing goes out of the machine.
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    secure.emit('connection', socket);
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    env: {
      HTTP_PROXY: address,
      http_proxy: address,
      HTTPS_PROXY: address,
      https_proxy: address,
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      REQUESTS_CA_BUNDLE: cert,
      SSL_CERT_FILE: cert,
      NODE_EXTRA_CA_CERTS: cert,
    },
    close: () => {
      proxy.closeAllConnections();
      proxy.close();
      secure.close();
    },
  };
}

function isOfficial(host: string): boolean {
  return HOSTS.includes(host) || host.endsWith(HOST_OF_A_KEY);
}

/** A proxy is asked by the whole address, the host behind a tunnel by its path. */
function passOn(to: string, from: IncomingMessage, answer: ServerResponse): void {
  const asked = new URL(from.url ?? '/', `https://${from.headers.host}`);
  if (!isOfficial(asked.hostname)) {
    answer.writeHead(403).end();
    return;
  }
  const { hostname, port } = new URL(to);
  const { method, headers } = from;
  const path = `${asked.pathname}${asked.search}`;
  const onward = request(
    { hostname, port, path, method, headers: { ...headers, host: asked.host } },
    (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    },
  );
  onward.on('error', () => answer.writeHead(502).end());
  from.pipe(onward);
}

function makeCertificate(folder: string): { key: string; cert: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = [...HOSTS, `*${HOST_OF_A_KEY}`].map((name) => `DNS:${name}`).join(',');
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=official hosts'];
  execFileSync('openssl', [...args, '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { key, cert };
}
