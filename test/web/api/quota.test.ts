/** An operator limits what an app may send, and lifts the limit again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeAll(async () => {
  w = await openWorld();
});
afterAll(() => w.close());

it('holds an app to its calls within ten seconds and within a day, until the limits are lifted', async () => {
  const app = await w.app('alarm').made();
  await w.phone('Ming').scans(app.qrcodeUrl);
  const uids = [await w.phone('Ming').uid()];
  const send = async () => {
    const answer = await w.call('/api/send/message', {
      body: { appToken: app.appToken, content: 'hi', uids },
    });
    return answer.json as { code: number; msg: string };
  };
  const limit = async (quota: object) => (await w.admin(`/apps/${app.id}/quota`, quota)).status;
  expect(await limit({ callsPerTenSeconds: 2, callsPerDay: 3 })).toBe(204);
  expect([(await send()).code, (await send()).code]).toEqual([1000, 1000]);
  expect(await send()).toMatchObject({ code: 1001, msg: expect.stringMatching(/2 次/) });
  w.clock.advance(11_000);
  expect((await send()).code).toBe(1000);
  w.clock.advance(11_000);
  expect(await send()).toMatchObject({ code: 1001, msg: expect.stringMatching(/3 次/) });
  expect(await w.db.message.count()).toBe(3);
  expect(await limit({})).toBe(204);
  expect((await send()).code).toBe(1000);
});

it('is for the operator alone, and for numbers alone', async () => {
  const app = await w.app('news').made();
  expect((await w.admin(`/apps/${app.id}/quota`, { callsPerDay: 'many' })).status).toBe(400);
  expect((await w.admin('/apps/999999/quota', { callsPerDay: 1 })).status).toBe(404);
  const refused = await w.call(`/api/v1/apps/${app.id}/quota`, { body: { callsPerDay: 1 } });
  expect(refused.status).toBe(401);
});
