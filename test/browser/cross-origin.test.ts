/** A page of another origin sends by every door with the browser's own rules, and reads the answers; the rest stays closed to it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  followAccount,
  hasBrowser,
  openPhone,
  skippedBecause,
  startWalk,
  type Visit,
  type Walk,
} from './walk.js';

// A browser and a server start beside whatever else the machine does.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/** What a page asks of fetch. */
interface Call {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

describe.skipIf(!hasBrowser)(`a page of another origin${skippedBecause}`, () => {
  let walk: Walk;
  let elsewhere: Server;
  let visit: Visit;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    walk = await startWalk();
    const phone = await walk.open();
    await openPhone(phone.page, walk.url, '小明');
    await followAccount(phone.page);
    await phone.page.locator('summary', { hasText: '我的' }).click();
    await phone.page.getByRole('button', { name: '我的UID My UID' }).click();
    const said = await phone.page.locator('.bubble', { hasText: /你的 UID：UID_\w{24,}/ }).textContent();
    const [uid] = /UID_\w+/.exec(said ?? '') ?? [];
    await phone.close();
    for (const kind of ['spt', 'sendkey', 'pushplus', 'bark', 'pushdeer', 'ntfy', 'gotify']) {
      const made = await walk.admin<{ key: string }>(`/users/${uid}/keys`, { kind });
      keys[kind] = made.key;
    }
    elsewhere = createServer((_req, res) => {
      res.setHeader('content-type', 'text/html');
      res.end('<!doctype html><title>elsewhere</title>');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    visit = await walk.open();
    await visit.page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    elsewhere?.close();
    await walk?.close();
  });

  const json = (body: object, headers: Record<string, string> = {}): Omit<Call, 'path'> => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

  it.each<[string, () => Call, RegExp]>([
    [
      'WxPusher',
      () => ({ path: '/api/send/message/simple-push', ...json({ spt: keys.spt, content: 'a' }) }),
      /"code":1000/,
    ],
    ['WxPusher by GET', () => ({ path: `/api/send/message/${keys.spt}/a` }), /"code":1000/],
    [
      'Server酱',
      () => ({ path: `/${keys.sendkey}.send`, method: 'POST', body: 'title=a' }),
      /"error":"SUCCESS"/,
    ],
    ['PushPlus', () => ({ path: '/send', ...json({ token: keys.pushplus, content: 'a' }) }), /"code":200/],
    ['Bark', () => ({ path: '/push', ...json({ device_key: keys.bark, body: 'a' }) }), /"code":200/],
    [
      'PushDeer',
      () => ({ path: '/message/push', ...json({ pushkey: keys.pushdeer, text: 'a' }) }),
      /"code":0/,
    ],
    [
      'ntfy with its headers',
      () => ({
        path: `/${keys.ntfy}`,
        method: 'PUT',
        headers: { 'X-Title': 't', 'X-Priority': '5' },
        body: 'a',
      }),
      /"priority":5/,
    ],
    ['ntfy’s JSON', () => ({ path: '/', ...json({ topic: keys.ntfy, message: 'a' }) }), /"event":"message"/],
    [
      'gotify',
      () => ({ path: '/message', ...json({ message: 'a' }, { authorization: `Bearer ${keys.gotify}` }) }),
      /"message":"a"/,
    ],
    [
      'gotify with its header',
      () => ({ path: '/gotify/message', ...json({ message: 'a' }, { 'x-gotify-key': keys.gotify ?? '' }) }),
      /"message":"a"/,
    ],
    [
      'a refusal',
      () => ({ path: '/push', ...json({ device_key: 'x', body: 'a' }) }),
      /failed to get device token/,
    ],
  ])('sends by %s and reads the answer', async (_, toCall, answer) => {
    expect(await callFrom(visit.page, walk.url, toCall())).toMatch(answer);
  });

  it.each<[string, Call]>([
    ['the management API', { path: '/api/v1/apps', headers: { authorization: 'Bearer walk-admin-token' } }],
    ['the management API without a question before', { path: '/api/v1/apps' }],
    ['a page', { path: '/console' }],
    ['the simulator', { path: '/simulator/api/stats' }],
  ])('reads nothing of %s', async (_, call) => {
    expect(await callFrom(visit.page, walk.url, call)).toBe('TypeError');
  });
});

/** Calls as a script of the page does; gives the answer's text, or the name of the error. */
function callFrom(page: Page, url: string, { path, ...init }: Call): Promise<string> {
  return page.evaluate(
    ([address, options]) =>
      fetch(address, options).then(
        (answer) => answer.text(),
        (error: Error) => error.name,
      ),
    [`${url}${path}`, init] as const,
  );
}
