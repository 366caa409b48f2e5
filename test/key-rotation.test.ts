/** The exchange of the secret key while a server works: nothing is unreadable before, in the middle or after, and the former key opens nothing afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '#src/config.js';
import { createKeyRotation } from '#src/core/key-rotation.js';
import { createKeyRing, type KeyRing } from '#src/lib/key-ring.js';
import { createLogger, silentLogger } from '#src/lib/logger.js';
import { createSecretBox } from '#src/lib/secret-box.js';
import { deriveKey } from '#src/lib/secret-key.js';
import { openData } from '#src/open-data.js';
import { SEALED_TABLES } from '#src/store/key-rotation.js';
import type { Db } from '#src/store/open.js';
import { ALONE } from '#src/store/session.js';
import { ON_POSTGRES } from '#test/support/database.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 60_000 });

const [OLD, NEW, OTHER] = [7, 8, 9].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer];
const env = (own: Buffer, previous: Buffer | null = null) => ({
  SECRET_KEY: own.toString('base64'),
  SECRET_KEY_PREVIOUS: previous?.toString('base64') ?? '',
});
const APP = { corpId: 'wwsim0000000001', agentId: '1000002', secret: 'simwecomsecret' };

let w: World;
let known: Awaited<ReturnType<typeof fill>>;
beforeEach(async () => {
  w = await openWorld({ mail: true, env: env(OLD) });
  known = await fill();
});
afterEach(() => w.close());

/** Puts something sealed or looked up by a hash into every place that there is. */
async function fill() {
  const ming = w.phone('Ming');
  await ming.follows();
  const uid = await ming.uid();
  const { personId } = await w.core.people.getByUid(uid);
  const app = await w
    .app('换钥', {
      settingUrl: 'https://dev.example/set',
      settingSecret: 'a setting secret',
      callbackUrl: w.webhook('dev'),
    })
    .made();
  await w.core.callbackSecrets.replaceSecret(app.id);
  await ming.says(`#${app.id}`);
  const spt = (await w.admin(`/users/${uid}/keys`, { kind: 'spt' })).json as { key: string };
  const channel = { kind: 'webhook', code: 'own', config: { url: w.webhook('own') } };
  expect((await w.admin(`/users/${uid}/channels`, channel)).status).toBe(201);
  const { secret } = await w.core.openAccess.getRules(personId);
  await w.admin(`/users/${uid}/contacts/email`, { address: 'ming@mail.example' });
  const mail = ((await w.sim('/inboxes/mail')).json as { items: { rendered: string }[] }).items[0];
  await w.admin(`/users/${uid}/contacts/email/confirm`, {
    code: /\b\d{6}\b/.exec(mail?.rendered ?? '')?.[0],
  });
  w.clock.advance(61_000);
  expect((await w.admin(`/users/${uid}/contacts/phone`, { address: '13800138000' })).status).toBe(202);
  const address = createSecretBox(deriveKey(OLD, 'box')).seal('hong@mail.example');
  await w.db.mailConsent.create({
    data: { personId: BigInt(personId), addressHash: 'x', address, state: 'asked', askedAt: new Date() },
  });
  const unsealed = (await w.admin('/notify', { ...APP, receivers: 'zhangsan' })).json as { code: string };
  const own = await w.core.notifyCodes.createCode({ ...APP, receivers: 'lisi' }, personId);
  const me = await w.signIn('Ming');
  const sent = await w.call('/api/send/message', {
    body: { appToken: app.appToken, content: '旧的', uids: [uid] },
  });
  await w.drain();
  const link = new URL((await ming.cards())[0]?.url ?? '').pathname;
  const { messageContentId } = (sent.json as { data: { messageContentId: number }[] }).data[0] ?? {
    messageContentId: 0,
  };
  const code = w.core.shortCodes.encode('message', messageContentId);
  return {
    uid,
    personId,
    app,
    spt: spt.key,
    secret,
    codes: [unsealed.code, own.code],
    me,
    link,
    messageContentId,
    code,
  };
}

/** Everything works that worked before. */
async function expectReadable({ links = true } = {}): Promise<void> {
  const { uid, personId, app, spt, secret, codes, me, link, messageContentId, code } = known;
  expect((await w.core.keys.findOwner('spt', spt))?.uid).toBe(uid);
  expect(await w.core.keys.showKey(personId, 'spt')).toBe(spt);
  expect((await w.core.openAccess.getRules(personId)).secret).toBe(secret);
  expect((await w.admin(`/users/${uid}/channels`)).text).toContain('webhook');
  expect((await w.core.contacts.find(personId)).email).toBe('ming@mail.example');
  for (const one of codes) {
    expect(await w.core.notifyCodes.findTarget(one)).not.toBeNull();
  }
  expect(await w.core.notifyCodes.showOwnCode(personId)).toBe(codes[1]);
  expect((await me.get('/me')).status).toBe(200);
  expect(await postsWell(me)).toBe(true);
  expect((await w.call(link)).status).toBe(links ? 200 : 404);
  expect(w.core.shortCodes.decode('message', code)).toBe(links ? messageContentId : null);
  // Sending opens the channel's settings, the account's token and the endpoint's secret.
  const before = await countFailed();
  const body = { appToken: app.appToken, content: '新的', uids: [uid] };
  expect((await w.call('/api/send/message', { body })).json).toMatchObject({ code: 1000 });
  await w.drain();
  expect(await countFailed()).toBe(before);
}

const countFailed = (): Promise<number> => w.db.delivery.count({ where: { state: { not: 'sent' } } });

/** A form of ours is taken from a page that was opened before. */
async function postsWell(me: Browser): Promise<boolean> {
  const answer = await me.post('/me/quiet-hours', { from: '', to: '' });
  return answer.status !== 403;
}

/** Every sealed text that there is, in whatever column. */
async function readSealed(db: Db): Promise<{ at: string; text: string }[]> {
  const found: { at: string; text: string }[] = [];
  const columns = ON_POSTGRES
    ? await db.$queryRawUnsafe<{ t: string; c: string }[]>(
        `SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'`,
      )
    : await db.$queryRawUnsafe<{ t: string; c: string }[]>(
        `SELECT m.name AS t, p.name AS c FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type = 'TEXT'`,
      );
  for (const { t, c } of columns) {
    const rows = await db.$queryRawUnsafe<{ text: string }[]>(
      `SELECT "${c}" AS text FROM "${t}" WHERE "${c}" LIKE 'v1.%'`,
    );
    found.push(...rows.map(({ text }) => ({ at: `${t}.${c}`, text })));
  }
  return found;
}

function opensWith(key: Buffer, text: string): boolean {
  try {
    createSecretBox(deriveKey(key, 'box')).open(text);
    return true;
  } catch {
    return false;
  }
}

/** Goes on until it is done; the number of steps. */
async function finish(): Promise<number> {
  for (let steps = 1; ; steps += 1) {
    const { step } = await w.keyRotation.step();
    if (step === 'done') {
      return steps;
    }
    expect(steps).toBeLessThan(20);
    w.clock.advance(6000);
  }
}

it('is done while all goes on, and ends with nothing that the former key opens', async () => {
  const places = new Set((await readSealed(w.db)).map(({ at }) => at));
  for (const { name, columns } of SEALED_TABLES) {
    for (const column of columns) {
      expect(places, 'the test fills every sealed column').toContain(
        `${name}.${column}`.replace('Person.phone', 'Person.email'),
      );
    }
  }
  await w.restart(env(NEW, OLD));
  await expectReadable();
  // Until the exchange begins the former key seals: processes that know no other can still read.
  expect((await readSealed(w.db)).every(({ text }) => opensWith(OLD, text))).toBe(true);
  expect(await w.keyRotation.step()).toEqual({ step: 'settling' });
  await expectReadable();
  expect(await w.keyRotation.step()).toEqual({ step: 'settling' });
  w.clock.advance(6000);
  expect(await w.keyRotation.step()).toEqual({ step: 'sealing' });
  await expectReadable();
  await finish();
  await expectReadable();
  const sealed = await readSealed(w.db);
  expect(new Set(sealed.map(({ at }) => at))).toEqual(places);
  expect(sealed.filter(({ text }) => opensWith(OLD, text))).toEqual([]);
  expect(sealed.filter(({ text }) => !opensWith(NEW, text))).toEqual([]);
  await w.restart(env(NEW));
  await expectReadable({ links: false });
});

it('goes on where it was killed, at whichever value that was', async () => {
  await w.restart(env(NEW, OLD));
  const total = (await readSealed(w.db)).length;
  for (let at = 0; at < total; at += 1) {
    const ring = failAt(createKeyRing(NEW, OLD), at % 4);
    const killed = createKeyRotation({ db: w.db, ring, session: ALONE, clock: w.clock, log: silentLogger });
    await killed.step().catch(() => undefined);
    w.clock.advance(6000);
    await killed.step().catch(() => undefined);
    w.clock.advance(61_000);
    if (at % 5 === 0) {
      await w.restart();
      await expectReadable();
    }
  }
  await finish();
  expect((await readSealed(w.db)).filter(({ text }) => !opensWith(NEW, text))).toEqual([]);
  await w.restart(env(NEW));
  await expectReadable({ links: false });
});

/** A process that dies when it has sealed so many values anew. */
function failAt(ring: KeyRing, count: number): KeyRing {
  let left = count;
  return {
    ...ring,
    get mark() {
      return ring.mark;
    },
    reseal: (sealed) => {
      const text = ring.reseal(sealed);
      if (text !== null) {
        left -= 1;
        if (left < 0) {
          throw new Error('killed');
        }
      }
      return text;
    },
  };
}

it('does not start with the new key alone before it is done, nor with the former alone after it began', async () => {
  await w.restart(env(NEW, OLD));
  await w.keyRotation.step();
  await expect(w.restart(env(NEW))).rejects.toThrow(/SECRET_KEY_PREVIOUS/);
  await expect(w.restart(env(OLD))).rejects.toThrow(/written with another secret key/);
  await w.restart(env(OLD, NEW));
  await expectReadable();
  await finish();
  await w.restart(env(OLD));
  await expectReadable();
});

it('leaves alone what neither key opens, and says how much that is', async () => {
  const foreign = createSecretBox(deriveKey(OTHER, 'box')).seal('x');
  await w.db.preference.create({
    data: { personId: BigInt(known.personId), name: 'foreign', value: foreign },
  });
  await w.restart(env(NEW, OLD));
  await finish();
  expect(await w.keyRotation.step()).toMatchObject({ step: 'done', rotation: { unopened: 1 } });
  expect((await w.db.preference.findFirstOrThrow({ where: { name: 'foreign' } })).value).toBe(foreign);
});

it('does not lose what somebody changes in the middle of it', async () => {
  await w.restart(env(NEW, OLD));
  await w.keyRotation.step();
  w.clock.advance(6000);
  // One after the other: what several connections save at once has no order.
  const save = async (): Promise<void> => {
    for (let at = 0; at < 40; at += 1) {
      await w.core.preferences.save(known.personId, 'mine', { at });
    }
  };
  await Promise.all([w.keyRotation.step(), save()]);
  await finish();
  await w.restart(env(NEW));
  expect(await w.core.preferences.read(known.personId, 'mine')).toEqual({ at: 39 });
});

describe('a wrong secret key', () => {
  const config = (key: Buffer) =>
    parseConfig({ DATA_DIR: w.folder, DATABASE_URL: w.databaseUrl, SECRET_KEY: key.toString('base64') });

  it('stops the start with one sentence', async () => {
    await w.restart();
    const needs = { clock: w.clock, log: createLogger('error', () => {}) };
    if (ON_POSTGRES) {
      await expect(openData(config(OTHER), needs)).rejects.toThrow(/^数据库是用另一把密钥写的 .*SECRET_KEY/);
    }
    await expect(w.restart(env(OTHER))).rejects.toThrow(/^数据库是用另一把密钥写的 .*SECRET_KEY/);
    await w.restart(env(OLD));
  });
});

it.runIf(ON_POSTGRES)(
  'waits for processes that know the former key alone, and they follow when they know both',
  async () => {
    await w.restart(env(NEW, OLD));
    const needs = { clock: w.clock, log: silentLogger };
    const config = (own: Buffer, previous: Buffer | null) =>
      parseConfig({ DATA_DIR: w.folder, DATABASE_URL: w.databaseUrl, ...env(own, previous) });
    const former = await openData(config(OLD, null), needs);
    expect(await w.keyRotation.step()).toEqual({ step: 'waiting', count: 1 });
    await w.core.preferences.save(known.personId, 'rolling', 'restart');
    const { value } = await w.db.preference.findFirstOrThrow({ where: { name: 'rolling' } });
    expect(former.ring.open(value)).toBe('"restart"');
    await former.store.close();
    const both = await openData(config(NEW, OLD), needs);
    const other = createKeyRotation({
      db: both.store.db,
      ring: both.ring,
      session: both.store.session,
      ...needs,
    });
    expect(await w.keyRotation.step()).toEqual({ step: 'settling' });
    expect(both.ring.mark).not.toBe(both.ring.ownMark);
    expect(await other.step()).toEqual({ step: 'busy' });
    expect(both.ring.mark).toBe(both.ring.ownMark);
    await finish();
    expect(await other.step()).toMatchObject({ step: 'done' });
    await both.store.close();
  },
);

it('knows every place that seals something', () => {
  const root = fileURLToPath(new URL('../src/core', import.meta.url));
  const sealing = readdirSync(root).filter((name) =>
    /\bbox\.seal\(/.test(readFileSync(join(root, name), 'utf8')),
  );
  // A new place needs its column in SEALED_TABLES before its name may stand here.
  expect(sealing.sort()).toEqual([
    'apps.ts',
    'callback-secrets.ts',
    'callbacks.ts',
    'channels.ts',
    'contacts.ts',
    'first-admin.ts',
    'inbox.ts',
    'keys.ts',
    'mail-consents.ts',
    'message-callbacks.ts',
    'notify-codes.ts',
    'platform-tokens.ts',
    'preferences.ts',
  ]);
});
