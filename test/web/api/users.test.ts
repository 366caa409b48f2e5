/** People and their keys over the management API. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEY_KINDS } from '#src/core/key-kinds.js';
import { type ApiWorld, openApiWorld, START } from './api-world.js';

let w: ApiWorld;

beforeAll(async () => {
  w = await openApiWorld();
});
afterAll(() => w.close());

const NOBODY = 'UID_ThereIsNobodyOfThisName00001';
const LOUD = { quietFrom: null, quietTo: null };
const SHAPES: Record<string, RegExp> = {
  sendkey: /^SCT\d+T[A-Za-z0-9]+$/,
  sendkey3: /^sctp\d+t[a-z0-9]{1,50}$/,
  pushplus: /^[0-9a-f]{32}$/,
  spt: /^SPT_/,
  personal: /^QN_/,
  gotify: /^A\w{14}$/,
};

it('shows a user, whether they follow and whether they paused', async () => {
  const name = { platform: 'wechat', account: 'wxtest', externalId: 'ming' };
  const { uid, personId } = await w.follower('ming');
  const seen = async () => (await w.call('GET', `/api/v1/users/${uid}`)).body;
  expect(await seen()).toEqual({ uid, following: true, paused: false, ...LOUD, createdAt: START });
  await w.core.people.leave(name);
  await w.core.people.setPaused(personId, true);
  expect(await seen()).toEqual({ uid, following: false, paused: true, ...LOUD, createdAt: START });
});

it.each(KEY_KINDS)('makes a key of kind %s that stands for its user', async (kind) => {
  const { uid, personId } = await w.follower(`owner of ${kind}`);
  const made = await w.call('POST', `/api/v1/users/${uid}/keys`, { body: { kind } });
  expect([made.status, Object.keys(made.body)]).toEqual([201, ['id', 'key']]);
  expect(String(made.body.key)).toMatch(SHAPES[kind] ?? /^\w{20,}$/);
  expect(await w.core.keys.findOwner(kind, String(made.body.key))).toMatchObject({ uid, personId });
});

it('lists keys masked, and revokes one at once', async () => {
  const { uid } = await w.follower('keeper');
  const { body: made } = await w.call('POST', `/api/v1/users/${uid}/keys`, { body: { kind: 'spt' } });
  const list = await w.call('GET', `/api/v1/users/${uid}/keys`);
  expect(list.body).toEqual({
    total: 1,
    items: [
      {
        id: made.id,
        kind: 'spt',
        key: expect.stringContaining('…'),
        name: '',
        createdAt: START,
        expiresAt: null,
        scopes: null,
        usedAt: null,
      },
    ],
  });
  expect(list.text).not.toContain(String(made.key));
  const path = `/api/v1/users/${uid}/keys/${made.id}`;
  expect((await w.call('DELETE', path)).status).toBe(204);
  expect(await w.core.keys.findOwner('spt', String(made.key))).toBeNull();
  expect((await w.call('DELETE', path)).status).toBe(404);
  expect((await w.call('GET', `/api/v1/users/${uid}/keys`)).body).toEqual({ total: 0, items: [] });
});

it.each([[{ kind: 'telegram' }], [{ kind: 'constructor' }], [{ kind: 1 }], [{}]])(
  'refuses the key %j with 400',
  async (body) => {
    const { uid } = await w.follower('picky');
    const refused = await w.call('POST', `/api/v1/users/${uid}/keys`, { body });
    expect([refused.status, refused.body.error?.code]).toEqual([400, 'bad_request']);
    expect(refused.body.error?.message).toContain('kind');
  },
);

it('answers 404 for an unknown UID, whatever the call', async () => {
  const answers = await Promise.all([
    w.call('GET', `/api/v1/users/${NOBODY}`),
    w.call('GET', `/api/v1/users/${'x'.repeat(500)}`),
    w.call('GET', `/api/v1/users/${NOBODY}/keys`),
    w.call('POST', `/api/v1/users/${NOBODY}/keys`, { body: { kind: 'spt' } }),
    w.call('DELETE', `/api/v1/users/${NOBODY}/keys/1`),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 404]);
});

it('does not revoke a key through another user, or by an impossible number', async () => {
  const [ming, hong] = await Promise.all([w.follower('ming'), w.follower('hong')]);
  const { id, key } = await w.core.keys.createKey(ming.personId, 'spt');
  expect((await w.call('DELETE', `/api/v1/users/${hong.uid}/keys/${id}`)).status).toBe(404);
  expect((await w.call('DELETE', `/api/v1/users/${ming.uid}/keys/99999999999`)).status).toBe(404);
  expect(await w.core.keys.findOwner('spt', key)).not.toBeNull();
});

it('lets a developer manage the own self, and hides everybody else', async () => {
  const [dev, other] = await Promise.all([w.developer('dev'), w.follower('somebody')]);
  const { token } = dev;
  expect((await w.call('GET', `/api/v1/users/${dev.uid}`, { token })).status).toBe(200);
  expect(
    (await w.call('POST', `/api/v1/users/${dev.uid}/keys`, { token, body: { kind: 'spt' } })).status,
  ).toBe(201);
  const answers = await Promise.all([
    w.call('GET', `/api/v1/users/${other.uid}`, { token }),
    w.call('GET', `/api/v1/users/${other.uid}/keys`, { token }),
    w.call('POST', `/api/v1/users/${other.uid}/keys`, { token, body: { kind: 'spt' } }),
    w.call('DELETE', `/api/v1/users/${other.uid}/keys/1`, { token }),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404]);
});

it.each([
  [
    { quietFrom: '22:30', quietTo: '7:05' },
    { quietFrom: '22:30', quietTo: '07:05' },
  ],
  [
    { quietFrom: '00:00', quietTo: '23:59' },
    { quietFrom: '00:00', quietTo: '23:59' },
  ],
  [{ quietTo: '08:00' }, { quietFrom: '00:00', quietTo: '08:00' }],
  [{ paused: true }, { quietFrom: '00:00', quietTo: '08:00', paused: true }],
  [
    { quietFrom: null, quietTo: null, paused: false },
    { ...LOUD, paused: false },
  ],
])('changes a user by %j', async (body, seen) => {
  const { uid } = await w.follower('sleeper');
  const changed = await w.call('PATCH', `/api/v1/users/${uid}`, { body });
  expect([changed.status, changed.body]).toEqual([200, expect.objectContaining(seen)]);
  expect((await w.call('GET', `/api/v1/users/${uid}`)).body).toEqual(changed.body);
});

it.each([
  [{ quietFrom: '24:00', quietTo: '08:00' }, 'quietFrom'],
  [{ quietFrom: '22:00', quietTo: '8:60' }, 'quietTo'],
  [{ quietFrom: '22:00', quietTo: '' }, 'quietTo'],
  [{ quietFrom: '08:00', quietTo: '8:00' }, 'quietTo'],
  [{ quietFrom: '22:00' }, 'quietTo'],
  [{ quietTo: '08:00' }, 'quietFrom'],
  [{ quietFrom: 22, quietTo: '08:00' }, 'quietFrom'],
  [{ paused: 'yes' }, 'paused'],
])('refuses to change a user by %j, naming the field', async (body, field) => {
  const { uid } = await w.follower('wide awake');
  const refused = await w.call('PATCH', `/api/v1/users/${uid}`, { body });
  expect([refused.status, refused.body.error?.message]).toEqual([400, expect.stringContaining(field)]);
  expect((await w.call('GET', `/api/v1/users/${uid}`)).body).toMatchObject({ ...LOUD, paused: false });
});

it('changes nobody else, and nobody who does not exist', async () => {
  const { uid } = await w.follower('neighbour');
  const { token } = await w.developer('curious');
  const body = { paused: true };
  expect((await w.call('PATCH', `/api/v1/users/${uid}`, { body, token })).status).toBe(404);
  expect((await w.call('PATCH', `/api/v1/users/${NOBODY}`, { body })).status).toBe(404);
});

it('makes keys with a name and an end', async () => {
  const { uid } = await w.follower('namer');
  const path = `/api/v1/users/${uid}/keys`;
  const body = { kind: 'pushplus', name: 'nas', expiresAt: START + 60_000 };
  expect((await w.call('POST', path, { body })).status).toBe(201);
  const { body: list } = await w.call('GET', path);
  expect(list).toMatchObject({ total: 1, items: [body] });
  for (const wrong of [
    { kind: 'access' },
    { kind: 'pushplus', name: 'x'.repeat(65) },
    { kind: 'pushplus', expiresAt: 1e300 },
  ]) {
    expect((await w.call('POST', path, { body: wrong })).status).toBe(400);
  }
});
