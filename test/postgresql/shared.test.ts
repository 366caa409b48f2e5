/** What one process counts or ends counts and is ended for all: limits, keys, tokens and sessions. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSessions } from '#src/core/sessions.js';
import { systemClock } from '#src/lib/clock.js';
import { deriveKey } from '#src/lib/secret-key.js';
import { openStore } from '#src/store/open.js';
import type { MadeApp, MadeTopic } from '#test/support/builders.js';
import { type Answer, ask } from '#test/support/http.js';
import type { RunningProcess } from '#test/support/processes.js';
import { type Fleet, openFleet } from './cast.js';

const TIMEOUT_MS = 180_000;
/** The promise: from then on no process knows what another one ended. */
const REVOKED_MS = 2000;
const TURNS = 4;

let fleet: Fleet;
let processes: RunningProcess[];
let audience: { app: MadeApp; topic: MadeTopic };
let uid: string;
beforeAll(async () => {
  fleet = await openFleet();
  audience = await fleet.makeAudience(1);
  processes = await Promise.all([fleet.start({ ROLE: 'api' }), fleet.start({ ROLE: 'api' })]);
  const path = `/apps/${audience.app.id}/subscribers?topicId=${audience.topic.id}`;
  const { items } = (await fleet.admin(first(), path)).json as { items: { uid: string }[] };
  uid = items[0]?.uid ?? '';
}, TIMEOUT_MS);
afterAll(() => fleet.close());

const first = (): RunningProcess => processes[0] as RunningProcess;
const second = (): RunningProcess => processes[1] as RunningProcess;
const makeKey = async (kind: string): Promise<{ id: number; key: string }> =>
  (await fleet.admin(first(), `/users/${uid}/keys`, { kind })).json as { id: number; key: string };
const change = (path: string, method: string, body?: unknown): Promise<Answer> =>
  ask(`${first().url}/api/v1${path}`, {
    method,
    headers: { authorization: 'Bearer the-admin-token-of-the-fleet' },
    ...(body === undefined ? {} : { body }),
  });

/** Calls both processes at once, again and again; how many calls went well. */
async function countGood(call: (url: string) => Promise<Answer>): Promise<number> {
  let good = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const answers = await Promise.all([first(), second(), first(), second()].map(({ url }) => call(url)));
    good += answers.filter(({ status }) => status === 200).length;
  }
  return good;
}

it('the pace of a key', async () => {
  await change('/settings/key-pace', 'PUT', { callsPerTenSeconds: 5 });
  await sleep(REVOKED_MS);
  const { key } = await makeKey('gotify');
  // The clock is real: a turn that takes long may reach into the next ten seconds.
  const began = performance.now();
  const good = await countGood((url) => ask(`${url}/message?token=${key}`, { body: { message: 'x' } }));
  expect(good).toBeGreaterThanOrEqual(5);
  expect(good).toBeLessThanOrEqual(5 * Math.ceil((performance.now() - began + 1) / 10_000));
  await change('/settings/key-pace', 'PUT', { callsPerTenSeconds: null });
});

it('the day of a plan of Server酱', async () => {
  await change('/settings/plans', 'PUT', { serverchan: 'free' });
  await sleep(REVOKED_MS);
  const { key } = await makeKey('sendkey');
  expect(await countGood((url) => ask(`${url}/${key}.send?title=x`))).toBe(5);
  const rows = await fleet.rows(`SELECT "name" FROM "SharedWindow" WHERE "name" LIKE 'serverchan sent %'`);
  expect(rows).toHaveLength(1);
});

it('the day of an app’s plan', async () => {
  await change(`/apps/${audience.app.id}/quota`, 'POST', { callsPerDay: 7 });
  await sleep(REVOKED_MS);
  const body = { appToken: audience.app.appToken, topicIds: [audience.topic.id], content: 'x' };
  const codes: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const sent = [first(), second(), first(), second()].map(({ url }) =>
      ask(`${url}/api/send/message`, { body }),
    );
    codes.push(...(await Promise.all(sent)).map(({ json }) => (json as { code: number }).code));
  }
  expect(codes.filter((code) => code === 1000)).toHaveLength(7);
});

it('the end of a key and of an app’s token', async () => {
  const { id, key } = await makeKey('gotify');
  const send = (at: RunningProcess): Promise<Answer> =>
    ask(`${at.url}/message?token=${key}`, { body: { message: 'x' } });
  expect([(await send(first())).status, (await send(second())).status]).toEqual([200, 200]);
  await change(`/users/${uid}/keys/${id}`, 'DELETE');
  await sleep(REVOKED_MS);
  expect([(await send(first())).status, (await send(second())).status]).toEqual([401, 401]);

  const app = (await fleet.admin(first(), '/apps', { name: 'other' })).json as MadeApp;
  const push = async (at: RunningProcess): Promise<number> => {
    const body = { appToken: app.appToken, uids: [uid], content: 'x' };
    return ((await ask(`${at.url}/api/send/message`, { body })).json as { code: number }).code;
  };
  expect([await push(first()), await push(second())]).toEqual([1000, 1000]);
  await change(`/apps/${app.id}/token`, 'POST');
  await sleep(REVOKED_MS);
  expect([await push(first()), await push(second())]).toEqual([1001, 1001]);
});

it('the disabling of a developer, and its end', async () => {
  const store = await openStore(fleet.url);
  const person = await store.db.person.findFirstOrThrow({ where: { uid } });
  const account = { personId: person.id, role: 'developer', createdAt: new Date() };
  const { id } = await store.db.account.upsert({
    where: { personId: person.id },
    create: account,
    update: {},
  });
  const { key } = await makeKey('spt');
  const push = async (at: RunningProcess): Promise<number> => {
    const body = { spt: key, content: 'x' };
    return ((await ask(`${at.url}/api/send/message/simple-push`, { body })).json as { code: number }).code;
  };
  expect([await push(first()), await push(second())]).toEqual([1000, 1000]);
  // By a process of its own: neither of these two is told.
  await store.db.account.update({ where: { id }, data: { disabledAt: new Date() } });
  await sleep(REVOKED_MS);
  expect([await push(first()), await push(second())]).toEqual([1002, 1002]);
  await store.db.account.update({ where: { id }, data: { disabledAt: null } });
  await sleep(REVOKED_MS);
  expect([await push(first()), await push(second())]).toEqual([1000, 1000]);
  await store.close();
});

it('the end of a session', async () => {
  const store = await openStore(fleet.url);
  const hashKey = deriveKey(Buffer.alloc(32, 7), 'hash');
  const sessions = createSessions({ db: store.db, clock: systemClock, hashKey });
  const person = await store.db.person.findFirstOrThrow({ where: { uid } });
  const place = { userAgent: 'test', address: '127.0.0.1' };
  const secret = await sessions.createSession({ personId: Number(person.id), accountId: null, ...place });
  const look = async (at: RunningProcess): Promise<number> =>
    (await ask(`${at.url}/me`, { headers: { cookie: `qn_session=${secret}` } })).status;
  expect([await look(first()), await look(second())]).toEqual([200, 200]);
  await sessions.revokeSessions(Number(person.id));
  expect([await look(first()), await look(second())]).not.toContain(200);
  await store.close();
});
