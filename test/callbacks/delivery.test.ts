/** Events on their way to developers: signed, tried again by the schedule, logged, replayable, and nobody waits for another. */
import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSignatureRight } from '#src/callbacks/sign.js';
import type { MadeApp } from '#test/support/builders.js';
import { openWorld, type World } from '#test/support/world.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const SCHEDULE_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

let w: World;
let endpoints = 0;
beforeAll(async () => {
  w = await openWorld({ countTokens: false });
});
afterAll(() => w.close());

interface Hook {
  app: MadeApp;
  name: string;
}
interface LogItem {
  id: number;
  event: string;
  state: string;
  nextTryAt: number | null;
  attempts: { outcome: string; code?: string; detail?: string }[];
}

/** An app with an endpoint of its own. */
async function hook(): Promise<Hook> {
  endpoints += 1;
  const name = `hook-${endpoints}`;
  return { name, app: await w.app(name, { callbackUrl: w.webhook(name) }).made() };
}
const tell = (name: string, answer: object) => w.sim(`/webhook/${name}/answer`, answer);
/** Something happens to the app. */
const emit = (appId: number, content = '重启 "db-1" 🔥') =>
  w.core.events.emit({
    type: 'upstream.received',
    appId,
    personId: null,
    data: { uid: 'UID_aaaaaaaaaaaaaaaaaaaaaaaa', content },
    dedupeKey: `test ${Math.random()}`,
  });
async function came(name: string) {
  const { items } = (await w.sim(`/inboxes/webhook/${name}`)).json as {
    items: { request: { method: string; headers: Record<string, string>; body: string } }[];
  };
  return items.map(({ request }) => request).reverse();
}
async function log(app: MadeApp): Promise<LogItem[]> {
  return ((await w.admin(`/callbacks?appId=${app.id}`)).json as { items: LogItem[] }).items;
}
const endpointOf = async (app: MadeApp) =>
  (await w.admin(`/apps/${app.id}/callback`)).json as Record<string, unknown>;
async function advance(ms: number): Promise<void> {
  w.clock.advance(ms);
  await w.drain();
}

it('arrives once, signed with the app’s secret over exactly the bytes sent', async () => {
  const { app, name } = await hook();
  const id = await emit(app.id);
  await w.drain();
  const [request, ...others] = await came(name);
  expect(others).toEqual([]);
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    action: 'send_up_cmd',
    data: { content: '重启 "db-1" 🔥' },
  });
  const timestamp = Number(request?.headers['webhook-timestamp']);
  expect(request?.headers['webhook-id']).toBe(`evt_${id}`);
  expect(Math.abs(timestamp * SECOND - w.clock.now())).toBeLessThan(SECOND);
  const signed = { secret: app.callbackSecret, id: `evt_${id}`, timestamp, body: request?.body ?? '' };
  expect(isSignatureRight(signed, request?.headers['webhook-signature'] ?? '')).toBe(true);
  expect(
    isSignatureRight({ ...signed, body: `${signed.body} ` }, request?.headers['webhook-signature'] ?? ''),
  ).toBe(false);
});

it('is signed by the old and the new secret for a day after a change, then by the new one alone', async () => {
  const { app, name } = await hook();
  const replaced = await w.admin(`/apps/${app.id}/callback-secret`, {});
  const { secret } = replaced.json as { secret: string };
  const signers = async () => {
    const id = await emit(app.id);
    await w.drain();
    const request = (await came(name)).at(-1);
    const signature = request?.headers['webhook-signature'] ?? '';
    const timestamp = Number(request?.headers['webhook-timestamp']);
    const signed = { id: `evt_${id}`, timestamp, body: request?.body ?? '' };
    return {
      count: signature.split(' ').length,
      old: isSignatureRight({ ...signed, secret: app.callbackSecret }, signature),
      new: isSignatureRight({ ...signed, secret }, signature),
    };
  };
  expect(await signers()).toEqual({ count: 2, old: true, new: true });
  w.clock.advance(24 * HOUR - 1);
  expect(await signers()).toEqual({ count: 2, old: true, new: true });
  w.clock.advance(1);
  expect(await signers()).toEqual({ count: 1, old: false, new: true });
});

describe('an endpoint that fails', () => {
  it('is tried again after each delay of the schedule, under the same id, until it answers', async () => {
    const { app, name } = await hook();
    await tell(name, { status: 500, body: 'database down', times: 3 });
    await emit(app.id);
    await w.drain();
    for (const [at, ms] of SCHEDULE_MS.slice(0, 3).entries()) {
      expect(await log(app)).toMatchObject([{ state: 'due', nextTryAt: w.clock.now() + ms }]);
      await advance(ms - 1);
      expect(await came(name)).toHaveLength(at + 1);
      await advance(1);
      expect(await came(name)).toHaveLength(at + 2);
    }
    const [item] = await log(app);
    expect(item?.state).toBe('sent');
    expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'retry', 'sent']);
    expect(item?.attempts[0]).toMatchObject({ code: '500', detail: 'HTTP 500: database down' });
    expect(new Set((await came(name)).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('for ever is given up after ten tries, and can still be replayed', async () => {
    const { app, name } = await hook();
    await tell(name, { status: 503 });
    await emit(app.id);
    await w.drain();
    for (const ms of SCHEDULE_MS) {
      await advance(ms);
    }
    await advance(48 * HOUR);
    expect(await came(name)).toHaveLength(10);
    const [item] = await log(app);
    expect(item).toMatchObject({ state: 'failed', nextTryAt: null });
    expect(item?.attempts.at(-1)?.detail).toMatch(/不再重试/);
    await tell(name, { status: 204 });
    expect((await w.admin(`/callbacks/${item?.id}/replay`, {})).status).toBe(200);
    await w.drain();
    expect(await log(app)).toMatchObject([{ state: 'sent' }]);
    expect(await came(name)).toHaveLength(11);
  });

  it('may ask for patience, within twice the delay', async () => {
    const { app, name } = await hook();
    await tell(name, { status: 429, headers: { 'retry-after': '8' }, times: 1 });
    await emit(app.id);
    await w.drain();
    expect(await log(app)).toMatchObject([{ nextTryAt: w.clock.now() + 8 * SECOND }]);
    await tell(name, { status: 503, headers: { 'retry-after': '86400' }, times: 1 });
    await advance(8 * SECOND);
    expect(await log(app)).toMatchObject([{ nextTryAt: w.clock.now() + 10 * MINUTE }]);
  });

  it('by a redirect is not followed anywhere', async () => {
    const { app, name } = await hook();
    await tell(name, { status: 307, headers: { location: w.webhook('elsewhere') }, times: 1 });
    await emit(app.id);
    await w.drain();
    expect(await log(app)).toMatchObject([{ state: 'due', attempts: [{ outcome: 'retry', code: '307' }] }]);
    expect(await came('elsewhere')).toEqual([]);
  });

  it('with silence delays nobody else’s', async () => {
    const held: ServerResponse[] = [];
    const silent = createServer((_req, res) => held.push(res));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const arrivals = new EventEmitter();
    const ready = createServer((_req, res) => {
      res.end();
      arrivals.emit('came');
    });
    await once(ready.listen(0, '127.0.0.1'), 'listening');
    const slow = await w.app('slow', { callbackUrl: url }).made();
    const quick = await w
      .app('quick', { callbackUrl: `http://127.0.0.1:${(ready.address() as AddressInfo).port}/` })
      .made();
    for (let n = 0; n < 10; n += 1) {
      await emit(slow.id);
    }
    await w.worker.start();
    for (let n = 0; n < 5; n += 1) {
      const next = once(arrivals, 'came');
      await emit(quick.id);
      await next;
    }
    // All of these went through while the silent endpoint held what it may hold and no more.
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(4);
    silent.closeAllConnections();
    await w.restart();
    silent.close();
    ready.close();
  });

  it('delays nobody else’s', async () => {
    const [slow, quick] = [await hook(), await hook()];
    await tell(slow.name, { status: 500 });
    for (let n = 0; n < 30; n += 1) {
      await emit(slow.app.id);
    }
    await emit(quick.app.id);
    await w.drain();
    expect(await came(quick.name)).toHaveLength(1);
    expect(await came(slow.name)).toHaveLength(30);
    await emit(quick.app.id);
    await w.drain();
    expect(await came(quick.name)).toHaveLength(2);
  });
});

describe('an endpoint that says 410', () => {
  it('is switched off with the reason, gets nothing more, and all of it on replay', async () => {
    const { app, name } = await hook();
    await tell(name, { status: 410, times: 1 });
    await emit(app.id, 'first');
    await w.drain();
    expect(await endpointOf(app)).toMatchObject({
      disabledAt: w.clock.now(),
      why: expect.stringContaining('410'),
    });
    await emit(app.id, 'second');
    await w.drain();
    expect(await came(name)).toHaveLength(1);
    const [second, first] = await log(app);
    expect(first).toMatchObject({ state: 'failed', attempts: [{ outcome: 'gone', code: '410' }] });
    expect(second).toMatchObject({ state: 'failed', attempts: [{ outcome: 'skipped', code: 'disabled' }] });
    for (const item of [first, second]) {
      await w.admin(`/callbacks/${item?.id}/replay`, {});
    }
    await w.drain();
    expect(await endpointOf(app)).toMatchObject({ disabledAt: null, why: '' });
    expect(await log(app)).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
    expect((await came(name)).slice(1).map(({ body }) => JSON.parse(body).data.content)).toEqual([
      'first',
      'second',
    ]);
  });

  it('is switched on again by a new address', async () => {
    const { app, name } = await hook();
    await tell(name, { status: 410, times: 1 });
    await emit(app.id);
    await w.drain();
    await w.admin(`/apps/${app.id}`, { callbackUrl: w.webhook(`${name}-new`) }, 'PATCH');
    await emit(app.id);
    await w.drain();
    expect(await came(`${name}-new`)).toHaveLength(1);
  });
});

describe('an event', () => {
  it('of an app without an endpoint goes nowhere and waits for none', async () => {
    const app = await w.app('deaf').made();
    await emit(app.id);
    await w.drain();
    expect(await log(app)).toEqual([]);
    expect(await w.db.event.count({ where: { appId: app.id, state: 'new' } })).toBe(0);
  });

  it('whose endpoint was removed meanwhile is cancelled', async () => {
    const { app, name } = await hook();
    await tell(name, { status: 500, times: 1 });
    await emit(app.id);
    await w.drain();
    await w.admin(`/apps/${app.id}`, { callbackUrl: '' }, 'PATCH');
    await advance(5 * SECOND);
    expect(await log(app)).toMatchObject([{ state: 'cancelled', attempts: [{}, { code: 'removed' }] }]);
    expect(await came(name)).toHaveLength(1);
  });

  it('whose signing secret cannot be opened fails alone', async () => {
    const [broken, sound] = [await hook(), await hook()];
    await w.db.callback.updateMany({ where: { appId: broken.app.id }, data: { secret: 'v1.nonsense' } });
    await Promise.all([emit(broken.app.id), emit(sound.app.id)]);
    await w.drain();
    expect(await came(sound.name)).toHaveLength(1);
    expect(await came(broken.name)).toEqual([]);
    const rows = await w.db.delivery.findMany({ where: { appId: broken.app.id } });
    expect(rows).toMatchObject([{ state: 'failed', attempts: expect.stringContaining('SECRET_KEY') }]);
  });
});
