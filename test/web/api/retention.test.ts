/** An operator says for how long things are kept: for all, for a dialect, for an app; the most specific counts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RETAINED_DIALECTS } from '#src/core/retention.js';
import { openWorld, type World } from '#test/support/world.js';

const DAY_MS = 24 * 3_600_000;

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

const put = (path: string, body: object) => w.admin(path, body, 'PUT');

it('names every dialect there is', () => {
  expect([...RETAINED_DIALECTS].sort()).toEqual(w.doors.dialects.map(({ name }) => name).sort());
});

it('keeps everything for thirty days until something is said', async () => {
  const { json } = await w.admin('/settings/retention');
  expect(json).toEqual({
    days: 30,
    dialects: Object.fromEntries(RETAINED_DIALECTS.map((dialect) => [dialect, null])),
  });
});

it('removes what came through a dialect or an app after its own time, and the rest after the server’s', async () => {
  const [kept, short] = [await w.app('留').made(), await w.app('短').made()];
  await w.phone('Ming').follows();
  await w.phone('Ming').scans(kept.qrcodeUrl);
  await w.phone('Ming').scans(short.qrcodeUrl);
  const uid = await w.phone('Ming').uid();
  const { key } = (await w.admin(`/users/${uid}/keys`, { kind: 'sendkey' })).json as { key: string };
  const post = (appToken: string) =>
    w.call('/api/send/message', { body: { appToken, content: 'x', uids: [uid] } });
  await post(kept.appToken);
  await post(short.appToken);
  await w.call(`/${key}.send?title=hello`);
  await w.drain();
  await put('/settings/retention', { days: 20, dialects: { serverchan: 5 } });
  expect((await put(`/apps/${short.id}/retention`, { days: 10 })).json).toEqual({ days: 10 });
  const left = async () => {
    await w.upkeep.removeOld();
    const rows = await w.db.message.findMany({ orderBy: { id: 'asc' } });
    return rows.map(({ source, appId }) => (appId === short.id ? 'short' : source));
  };
  expect(await left()).toEqual(['wxpusher', 'short', 'serverchan']);
  w.clock.advance(6 * DAY_MS);
  expect(await left()).toEqual(['wxpusher', 'short']);
  w.clock.advance(5 * DAY_MS);
  expect(await left()).toEqual(['wxpusher']);
  expect((await put(`/apps/${short.id}/retention`, { days: null })).json).toEqual({ days: null });
  w.clock.advance(10 * DAY_MS);
  expect(await left()).toEqual([]);
  expect(await w.db.delivery.count()).toBe(0);
});

it.each([
  ['/settings/retention', { days: 0 }],
  ['/settings/retention', { days: 3651 }],
  ['/settings/retention', { days: 1.5 }],
  ['/settings/retention', { dialects: { ntfy: 0 } }],
  ['/settings/retention', { days: 9, dialects: { nobody: 3 } }],
  ['/apps/1/retention', { days: 0 }],
  ['/apps/1/retention', {}],
])('refuses %s %j and changes nothing', async (path, body) => {
  const before = (await w.admin('/settings/retention')).json;
  const { status } = await put(path, body);
  expect(status).toBe(400);
  expect((await w.admin('/settings/retention')).json).toEqual(before);
});

it('writes each change to the audit log, and refuses developers', async () => {
  await put('/settings/retention', { days: 30 });
  const entries = await w.db.auditEntry.findMany({ where: { action: { contains: 'etention' } } });
  expect(entries.map(({ action }) => action)).toContain('api.setRetention');
  expect(entries.map(({ action }) => action)).toContain('api.setAppRetention');
  expect((await w.call('/api/v1/settings/retention')).status).toBe(401);
});

it('survives a restart', async () => {
  await put('/settings/retention', { days: 44, dialects: { bark: 3 } });
  await w.restart();
  const { days, dialects } = (await w.admin('/settings/retention')).json as {
    days: number;
    dialects: Record<string, number | null>;
  };
  expect([days, dialects.bark, dialects.ntfy]).toEqual([44, 3, null]);
});
