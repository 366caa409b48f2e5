/** Health, readiness and metrics, over real HTTP. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '#src/lib/logger.js';
import { createOps, type OpsNeeds } from '#src/web/ops/index.js';

const open: Server[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Serves the endpoints; `peer` is the address that callers seem to come from. */
async function serve(needs: Partial<OpsNeeds> = {}, options: { peer?: string; lines?: string[] } = {}) {
  const app = new Koa();
  app.use((ctx, next) => {
    ctx.state.log = createLogger('debug', (line) => options.lines?.push(line));
    if (options.peer !== undefined) {
      Object.defineProperty(ctx.req.socket, 'remoteAddress', { value: options.peer });
    }
    return next();
  });
  app.use(
    createOps({
      isReady: async () => ({ ready: true }),
      metrics: async () => '# HELP qn_up One.\nqn_up 1\n',
      adminToken: 'the-admin-token',
      ...needs,
    }),
  );
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return (path: string, headers: Record<string, string> = {}) =>
    fetch(base + path, { headers: { ...headers, connection: 'close' } });
}

it('says ok while the process answers, whatever else is broken', async () => {
  const ask = await serve({ isReady: () => Promise.reject(new Error('down')) });
  const response = await ask('/healthz');
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
  expect(response.headers.get('content-type')).toContain('text/plain');
});

describe('readiness', () => {
  it('is 200 when database and engine work', async () => {
    const response = await (await serve())('/readyz');
    expect([response.status, await response.json()]).toEqual([200, { ready: true }]);
  });

  it('is 503 with the reason when they do not', async () => {
    const ask = await serve({
      isReady: async () => ({ ready: false, why: 'the engine does not come round' }),
    });
    const response = await ask('/readyz');
    expect([response.status, await response.json()]).toEqual([
      503,
      { ready: false, why: 'the engine does not come round' },
    ]);
  });

  it('is 503 when the check itself breaks, which only the log hears', async () => {
    const lines: string[] = [];
    const ask = await serve({ isReady: () => Promise.reject(new Error('disk on fire')) }, { lines });
    const response = await ask('/readyz');
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('fire');
    expect(lines.join()).toContain('disk on fire');
  });
});

describe('metrics', () => {
  it('are Prometheus text for this machine', async () => {
    const response = await (await serve({ adminToken: null }))('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('qn_up 1');
  });

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip'])(
    'are refused to callers behind a proxy (%s)',
    async (name) => {
      const response = await (await serve())('/metrics', { [name]: '127.0.0.1' });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await response.json()).toMatchObject({ error: { code: 'unauthorized' } });
    },
  );

  it('are given elsewhere to the holder of the admin token only', async () => {
    const ask = await serve({}, { peer: '203.0.113.9' });
    const asked = async (token?: string) =>
      (await ask('/metrics', token ? { authorization: `Bearer ${token}` } : {})).status;
    expect([await asked(), await asked('wrong'), await asked('the-admin-token')]).toEqual([401, 401, 200]);
  });

  it('are given elsewhere to nobody where there is no admin token', async () => {
    const ask = await serve({ adminToken: null }, { peer: '203.0.113.9' });
    for (const authorization of ['Bearer null', 'Bearer ', 'Bearer undefined']) {
      expect((await ask('/metrics', { authorization })).status).toBe(401);
    }
  });
});
