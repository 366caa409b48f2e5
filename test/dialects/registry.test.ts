/** All dialects together: names and addresses of their own. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa, { type Middleware } from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyKind } from '#src/core/key-kinds.js';
import { createDialects, type Dialect } from '#src/dialects/registry.js';
import { createWxpusher } from '#src/dialects/wxpusher/index.js';
import { type Answer, ask } from '#test/support/http.js';
import { type Door, openDoor } from './open-door.js';

let door: Door;
let dialects: readonly Dialect[];
beforeAll(async () => {
  door = await openDoor(createWxpusher);
  dialects = createDialects(door.core);
});
afterAll(() => door.close());

it('gives each dialect a name of its own', () => {
  const names = dialects.map((dialect) => dialect.name);
  expect(names).toContain('wxpusher');
  expect(new Set(names).size).toBe(names.length);
});

it('lets each dialect answer in its own words what it does not know under its prefix', () => {
  const silent = dialects.filter((dialect) => !dialect.answerUnknown).map((dialect) => dialect.name);
  expect(silent).toEqual([]);
});

it('lets no two calls claim one address', () => {
  const routes = dialects.flatMap((dialect) => dialect.routes.map(({ method, path }) => `${method} ${path}`));
  expect(routes).toContain('POST /api/send/message');
  expect(new Set(routes).size).toBe(routes.length);
});

/** What stands for the varying parts of addresses: what they are in real life. */
const KEY_OF: Readonly<Record<string, KeyKind>> = {
  spt: 'spt',
  sendkey: 'sendkey',
  token: 'pushplus',
  barkKey: 'bark',
  ntfyTopic: 'ntfy',
};

describe('an address with a real key in it', () => {
  const keys = new Map<string, string>();
  let others: { origin: string; asks(name: string): void; close(): void };
  beforeAll(async () => {
    const { personId } = await door.person('ming');
    for (const kind of Object.values(KEY_OF)) {
      keys.set(kind, (await door.core.keys.createKey(personId, kind)).key);
    }
    others = await openOthers();
  });
  afterAll(() => others.close());

  /** A server of all dialects but one, without prefixes. */
  async function openOthers() {
    let left = '';
    const app = new Koa();
    app.silent = true;
    for (const { name, router } of dialects) {
      const routes = router.routes() as Middleware;
      app.use((ctx, next) => (name === left ? next() : routes(ctx, next)));
    }
    const server = createServer(app.callback()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      asks: (name: string) => {
        left = name;
      },
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  const fill = (path: string): string =>
    path.replace(/[:*](\w+)/g, (_, name: string) => keys.get(KEY_OF[name] ?? '') ?? `some-${name}`);

  it('is answered by its own dialect alone, in whatever order they are asked, but for what two share', async () => {
    const taken: string[] = [];
    for (const { name, routes } of dialects) {
      others.asks(name);
      for (const { method, path } of routes) {
        const { status, text } = await askEmpty(`${others.origin}${fill(path)}`, method);
        // A method that is refused is no claim: `POST /push` is Bark's, and `GET /push` is not.
        if (status !== 405 && text !== 'Not Found' && !isShared(name, path)) {
          taken.push(`${name}: ${method} ${path} → ${status} ${text.slice(0, 80)}`);
        }
      }
    }
    expect(taken).toEqual([]);
    const names = dialects.map((dialect) => dialect.name);
    expect(names.indexOf('serverchan')).toBeLessThan(names.indexOf('pushplus'));
  });
});

/** Both services have `/send/{key}`: Server酱 is asked first, and leaves what is none of its keys to PushPlus. */
function isShared(name: string, path: string): boolean {
  return name === 'serverchan' && path.startsWith('/send/:');
}

function askEmpty(url: string, method: string): Promise<Answer> {
  return ask(url, method === 'GET' ? {} : { method, body: {} });
}
