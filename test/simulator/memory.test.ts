/** What a simulator remembers from one run to the next. */
import { expect, it, vi } from 'vitest';
import type { MemoryStore } from '#src/simulator/index.js';
import { REMEMBERED_PEOPLE } from '#src/simulator/wechat/remembered.js';
import { openSim, type SimWorld } from './sim-world.js';

function createStore(text: string | null = null): MemoryStore & { writes: string[] } {
  const writes: string[] = [];
  return { writes, read: () => writes.at(-1) ?? text, write: (written) => writes.push(written) };
}

async function listPeople(sim: SimWorld): Promise<Record<string, unknown>[]> {
  return (await sim.api('GET', '/followers')).body.items as Record<string, unknown>[];
}

it('hands people, whom they block and codes to the next run, and none that have ended', async () => {
  const memory = createStore();
  const first = await openSim({ memory });
  const [ming, hua] = [await first.person(), await first.person({ following: false })];
  await first.api('POST', `/followers/${hua}/block`, { blocked: true });
  const makeCode = async (body: object) => (await first.wx('/cgi-bin/qrcode/create', { body })).body;
  const lasting = await makeCode({
    action_name: 'QR_LIMIT_STR_SCENE',
    action_info: { scene: { scene_str: 'door' } },
  });
  const short = await makeCode({
    action_name: 'QR_STR_SCENE',
    expire_seconds: 60,
    action_info: { scene: { scene_str: 'today' } },
  });
  const before = await listPeople(first);
  first.advance(61_000);
  await first.simulator.close();

  const second = await openSim({ memory });
  expect(await listPeople(second)).toEqual(before);
  const scan = (url: unknown) => second.api('POST', `/followers/${ming}/scan`, { url });
  expect((await scan(lasting.url)).body).toMatchObject({ event: 'SCAN' });
  expect((await scan(short.url)).status).toBeGreaterThanOrEqual(400);
  expect([ming, hua]).not.toContain(await second.person());
});

it('writes a change down within a moment, also for a process that is killed then', async () => {
  const memory = createStore();
  const sim = await openSim({ memory });
  const ming = await sim.person();
  await vi.waitFor(() => expect(memory.writes.at(-1)).toContain('"isFollowing":true'));
  const next = await openSim({ memory: createStore(memory.writes.at(-1)) });
  expect(await listPeople(next)).toMatchObject([{ openid: ming, following: true }]);
});

it('remembers the first of a crowd, and gives nobody the openid of one that it forgot', async () => {
  const memory = createStore();
  const first = await openSim({ memory });
  const { openids } = (await first.api('POST', '/followers/bulk', { count: REMEMBERED_PEOPLE + 5 })).body as {
    openids: [string, string];
  };
  await first.simulator.close();
  const second = await openSim({ memory });
  const next = await second.person();
  expect(next > openids[1]).toBe(true);
  const page = (await second.wx('/cgi-bin/user/get', { query: { next_openid: openids[0] } })).body;
  expect(page).toMatchObject({ total: 1, count: 1, data: { openid: [next] } });
  expect((await second.wx('/cgi-bin/user/get', { query: { next_openid: next } })).body).toMatchObject({
    count: 0,
  });
});

it.each([
  ['nothing', null],
  ['no JSON', '{'],
  ['another shape', '{"wechat":{"people":[1],"codes":{}}}'],
])('starts afresh from %s', async (_what, text) => {
  const sim = await openSim({ memory: createStore(text) });
  expect(await listPeople(sim)).toEqual([]);
});

it('forgets on a reset, for the next run too', async () => {
  const memory = createStore();
  const first = await openSim({ memory });
  await first.person();
  await first.api('POST', '/reset');
  await first.simulator.close();
  expect(await listPeople(await openSim({ memory }))).toEqual([]);
});
