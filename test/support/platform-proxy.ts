/** A proxy before the simulated platforms: it passes calls on, and lets a test act between the platform's work and its answer. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Told of each call after the platform has acted and before its answer goes back. */
export type OnAnswer = (path: string) => Promise<void> | void;

/** A proxy that listens. */
export interface PlatformProxy {
  url: string;
  /** Where it passes calls on to. */
  target: string;
  /** What happens between the work and the answer; nothing at first. */
  onAnswer: OnAnswer;
  /** How many calls each path has seen. */
  calls: Map<string, number>;
  close(): Promise<void>;
}

/** Opens it on a free port. */
export async function openPlatformProxy(): Promise<PlatformProxy> {
  const server = createServer((req, res) => {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    proxy.calls.set(path, (proxy.calls.get(path) ?? 0) + 1);
    const { headers, method } = req;
    // A connection each: one that is kept may be closed by the other side at the moment of the next call.
    const asked = request(`${proxy.target}${req.url}`, { method, headers, agent: false }, (answer) => {
      const goOn = async (): Promise<void> => {
        await proxy.onAnswer(path);
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      };
      void goOn().catch(() => res.destroy());
    });
    asked.on('error', () => res.destroy());
    req.pipe(asked);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: PlatformProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    onAnswer: () => {},
    calls: new Map(),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return proxy;
}
