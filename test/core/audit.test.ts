/** The audit log holds every change of the management API, without secrets. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;

beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

it('names who changed what, for changes that happened and for nothing else', async () => {
  const app = await w.app('报警').made();
  await w.admin(`/apps/${app.id}`, { name: '改名' }, 'PATCH');
  await w.admin('/apps/99999', { name: 'x' }, 'PATCH');
  await w.admin('/apps');
  await w.phone('Ming').follows();
  const uid = await w.phone('Ming').uid();
  const made = (await w.admin(`/users/${uid}/keys`, { kind: 'personal' })).json as { key: string };
  await w.call('/api/v1/apps', {
    body: { name: '我的' },
    headers: { authorization: `Bearer ${made.key}` },
  });
  const { items, total } = await w.core.audit.listEntries({ skip: 0, take: 10 });
  expect(total).toBe(4);
  expect(items.map(({ actor, action, target }) => [actor, action, target])).toEqual([
    [uid, 'api.createApp', ''],
    ['ADMIN_TOKEN', 'api.createKey', `uid ${uid}`],
    ['ADMIN_TOKEN', 'api.updateApp', `id ${app.id}`],
    ['ADMIN_TOKEN', 'api.createApp', ''],
  ]);
  expect(items[0]?.address).toBe('127.0.0.1');
  expect(JSON.stringify(items)).not.toContain(made.key);
  const found = await w.core.audit.searchEntries({ actor: '', action: 'updateApp', take: 10 });
  expect(found.items).toHaveLength(1);
});
