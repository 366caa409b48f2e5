/** The wire between one process and PostgreSQL, which a test can cut, silence and mend. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** How the wire is: it carries, it refuses and has cut what was open, or it says nothing any more. */
export type WireState = 'whole' | 'cut' | 'silent';

/** A wire; `url` is the database's address through it. */
export interface Wire {
  url: string;
  set(state: WireState): void;
  close(): Promise<void>;
}

/** Lays a wire to a database. */
export async function layWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let state: WireState = 'whole';
  const server = createServer((near) => {
    near.on('error', () => {});
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port || 5432), target.hostname);
    far.on('error', () => {});
    const pair = { near, far };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.on('close', end);
    far.on('close', end);
    near.on('data', (bytes) => state === 'whole' && far.write(bytes));
    far.on('data', (bytes) => state === 'whole' && near.write(bytes));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);

  /** What was held back is lost with its connection, as on a wire that was mended too late. */
  function endAll(): void {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
  }

  return {
    url: url.href,
    set(next) {
      if (next === 'cut' || state === 'silent') {
        endAll();
      }
      state = next;
    },
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
