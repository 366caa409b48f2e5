/** The secret of the open API by the management API and on the page of keys: one's own, and nobody else's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let uid: string;
beforeAll(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  uid = await w.phone('Ming').uid();
});
afterAll(() => w.close());

const ask = async (secretKey: string) => {
  const { personId } = await w.core.people.getByUid(uid);
  const token = await w.core.keys.showKey(personId, 'pushplus');
  const answer = await w.call('/api/common/openApi/getAccessKey', { body: { token, secretKey } });
  return (answer.json as { code: number }).code;
};

it('is made once, is replaced at once, and may be kept to addresses', async () => {
  const path = `/users/${uid}/open-access`;
  const first = (await w.admin(path)).json as { secret: string };
  expect(first).toEqual({ secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/), allowedIps: [] });
  expect((await w.admin(path)).json).toEqual(first);
  expect(await ask(first.secret)).toBe(200);
  const second = (await w.admin(`${path}/secret`, undefined, 'POST')).json as { secret: string };
  expect(second.secret).not.toBe(first.secret);
  expect([await ask(first.secret), await ask(second.secret)]).toEqual([401, 200]);
  const kept = await w.admin(path, { allowedIps: ['10.0.0.0/8'] }, 'PATCH');
  expect(kept.json).toEqual({ secret: second.secret, allowedIps: ['10.0.0.0/8'] });
  expect(await ask(second.secret)).toBe(403);
  for (const body of [{ allowedIps: ['x'] }, { allowedIps: 'x' }, {}]) {
    expect((await w.admin(path, body, 'PATCH')).status).toBe(400);
  }
});

it('is nobody else’s', async () => {
  const hua = w.phone('Hua');
  await hua.follows();
  const { personId, uid: own } = await w.core.people.getByUid(await hua.uid());
  const token = (await w.core.keys.createKey(personId, 'personal')).key;
  const headers = { authorization: `Bearer ${token}` };
  expect((await w.call(`/api/v1/users/${own}/open-access`, { headers })).status).toBe(200);
  for (const [path, method] of [
    ['open-access', 'GET'],
    ['open-access/secret', 'POST'],
  ] as const) {
    expect((await w.call(`/api/v1/users/${uid}/${path}`, { method, headers })).status).toBe(404);
  }
});

it('stands on the page of keys with a command that works', async () => {
  const { personId } = await w.core.people.getByUid(uid);
  const { secret } = await w.core.openAccess.getRules(personId);
  const code = await w.core.keys.createLink(personId);
  const page = await w.call(`/k/${code}`, { method: 'POST' });
  const example = page.text.replaceAll('&#34;', '"').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
  const [, body = '', url] = /curl -d '(\{[^']*secretKey[^']*\})' (\S+getAccessKey)/.exec(example) ?? [];
  expect(JSON.parse(body)).toEqual({
    token: await w.core.keys.showKey(personId, 'pushplus'),
    secretKey: secret,
  });
  expect(url).toBe(`${w.url}/api/common/openApi/getAccessKey`);
});
