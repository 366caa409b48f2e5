/** Personal tokens: made on a page with scopes and an end, shown once, and worth no more than that at the management API. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let w: World;
let boss: Browser;
let uid: string;
beforeEach(async () => {
  w = await openWorld();
  boss = await w.signIn('Boss', { role: 'operator' });
  uid = await w.phone('Boss').uid();
});
afterEach(() => w.close());

async function make(scopes: string[], fields: Record<string, string> = {}, by = boss): Promise<string> {
  const made = await by.post('/console/keys/personal/make', { name: 'ci', 'scopes[]': scopes, ...fields });
  expect(made.status).toBe(200);
  return /QN_\w{32}/.exec(made.text)?.[0] ?? '';
}
const call = (token: string, method: string, path: string, body?: unknown) =>
  w.call(`/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: { authorization: `Bearer ${token}` },
  });
const codeOf = (answer: { json: unknown }) => (answer.json as { error?: { code: string } }).error?.code;

describe('on their page', () => {
  it('are made with scopes and an end, shown once, and revoked', async () => {
    const page = await boss.get('/console/keys/personal');
    expect(page.text).toMatch(/value="read" checked[\s\S]*value="operate">[\s\S]*value="365" selected/);
    const token = await make(['read', 'send']);
    expect((await boss.get('/console/keys/personal')).text).not.toContain(token);
    const row = await w.db.key.findFirstOrThrow({ where: { kind: 'personal' } });
    expect(row).toMatchObject({ name: 'ci', scopes: 'read send', usedAt: null });
    expect(row.expiresAt?.getTime()).toBe(w.clock.now() + 365 * DAY);
    const gone = await boss.submit(`/console/keys/personal/${row.id}/revoke`);
    expect(gone.text).toContain('令牌已停用');
    expect((await call(token, 'GET', '/apps')).status).toBe(401);
  });

  it('refuse a form without name or scopes, strange ones, and `operate` for a developer', async () => {
    const dev = await w.signIn('Dev', { role: 'developer' });
    const refuse = async (by: Browser, fields: Record<string, string | string[]>) => {
      const answer = await by.post('/console/keys/personal/make', {
        name: 'x',
        'scopes[]': ['read'],
        ...fields,
      });
      expect([JSON.stringify(fields), answer.status]).toEqual([JSON.stringify(fields), 422]);
    };
    await refuse(boss, { name: ' ' });
    await refuse(boss, { 'scopes[]': [] });
    await refuse(boss, { 'scopes[]': ['root'] });
    await refuse(boss, { life: '100000' });
    await refuse(dev, { 'scopes[]': ['operate'] });
    expect(await w.db.key.count()).toBe(0);
  });
});

describe('at the management API', () => {
  it('do what their scopes say, and nothing else', async () => {
    const app = await w.app('机房', { callbackUrl: w.webhook('hook') }).made();
    const tries = [
      ['read', 'GET', '/apps', undefined],
      ['send', 'POST', '/callbacks/1/replay', {}],
      ['manage', 'POST', '/apps', { name: 'x' }],
      // These look, and show secrets.
      ['manage', 'GET', `/users/${uid}/open-access`, undefined],
      ['operate', 'GET', '/backups', undefined],
    ] as const;
    for (const scope of ['read', 'send', 'manage', 'operate'] as const) {
      const token = await make([scope]);
      for (const [needed, method, path, body] of tries) {
        const answer = await call(token, method, path, body);
        expect([scope, method, path, codeOf(answer) === 'scope_missing']).toEqual([
          ...[scope, method, path],
          needed !== scope,
        ]);
        if (needed !== scope) {
          expect(answer.status).toBe(403);
          expect(answer.text).toContain(needed);
        }
      }
    }
    // Without `operate` even an operator's token reaches no app but their own.
    expect((await call(await make(['read']), 'GET', `/apps/${app.id}`)).status).toBe(404);
    expect((await call(await make(['read', 'operate']), 'GET', `/apps/${app.id}`)).status).toBe(200);
  });

  it('end on their day', async () => {
    const token = await make(['read'], { life: '30' });
    w.clock.advance(30 * DAY - 1000);
    expect((await call(token, 'GET', '/apps')).status).toBe(200);
    w.clock.advance(1000);
    expect((await call(token, 'GET', '/apps')).status).toBe(401);
  });

  it('make no token that may do more, or works longer', async () => {
    const token = await make(['read', 'manage'], { life: '90' });
    const keys = `/users/${uid}/keys`;
    const more = await call(token, 'POST', keys, { kind: 'personal', scopes: ['operate'] });
    expect([more.status, codeOf(more)]).toEqual([403, 'scope_missing']);
    const same = await call(token, 'POST', keys, { kind: 'personal' });
    const later = w.clock.now() + 365 * DAY;
    await call(token, 'POST', keys, { kind: 'personal', scopes: ['read'], expiresAt: later });
    const end = w.clock.now() + 90 * DAY;
    const { items } = (await call(token, 'GET', keys)).json as { items: object[] };
    expect(items.slice(1)).toMatchObject([
      { scopes: ['read', 'manage'], expiresAt: end },
      { scopes: ['read'], expiresAt: end },
    ]);
    expect((await call((same.json as { key: string }).key, 'GET', '/backups')).status).toBe(403);
    for (const body of [
      { kind: 'personal', scopes: [] },
      { kind: 'personal', scopes: ['root'] },
      { kind: 'spt', scopes: ['read'] },
    ]) {
      expect((await call(token, 'POST', keys, body)).status).toBe(400);
    }
  });

  it('that are older than scopes do all that they could, for good', async () => {
    const made = (await w.admin(`/users/${uid}/keys`, { kind: 'personal' })).json as { key: string };
    await w.db.key.updateMany({ data: { scopes: '' } });
    await w.restart();
    w.clock.advance(3650 * DAY);
    expect((await call(made.key, 'GET', '/settings/retention')).status).toBe(200);
    const { items } = (await w.admin(`/users/${uid}/keys`)).json as { items: object[] };
    expect(items).toMatchObject([{ scopes: ['read', 'send', 'manage', 'operate'], expiresAt: null }]);
  });

  it('tell when they were last used, written at most once an hour', async () => {
    const token = await make(['read']);
    const usedAt = async () => (await w.db.key.findFirstOrThrow({ where: { kind: 'personal' } })).usedAt;
    expect(await usedAt()).toBeNull();
    const first = w.clock.now();
    for (let at = 0; at < 5; at += 1) {
      await call(token, 'GET', '/apps');
      w.clock.advance(HOUR / 6);
    }
    expect((await usedAt())?.getTime()).toBe(first);
    // Nothing is asked of the database in between: what is gone from it is not written anew.
    await w.db.key.updateMany({ data: { usedAt: null } });
    await call(token, 'GET', '/apps');
    expect(await usedAt()).toBeNull();
    w.clock.advance(HOUR);
    await call(token, 'GET', '/apps');
    expect((await usedAt())?.getTime()).toBe(w.clock.now());
    expect((await boss.get('/console/keys/personal')).status).toBe(200);
  });
});
