/** A person's own space, their preferences, and the codes that name messages and friends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShortCodes } from '#src/core/short-codes.js';
import { createKeyRing } from '#src/lib/key-ring.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeAll(async () => {
  w = await openCoreWorld();
});
afterAll(() => w.close());

async function addPerson(nickname: string): Promise<number> {
  const id = w.store.newId(1);
  await w.db.person.create({
    data: { id: BigInt(id), uid: `UID_${id}`, nickname, createdAt: new Date(w.clock.now()) },
  });
  return id;
}

describe('a space', () => {
  it('is made once, however many ask at once, and survives a restart', async () => {
    const ming = await addPerson('小明');
    expect(await w.core.spaces.findSpace(ming)).toBeNull();
    const asked = await Promise.all([1, 2, 3].map(() => w.core.spaces.getSpace(ming)));
    expect(new Set(asked.map((space) => space.id)).size).toBe(1);
    expect(asked[0]).toMatchObject({ name: '小明', ownerId: ming });
    await w.restart();
    expect((await w.core.spaces.getSpace(ming)).id).toBe(asked[0]?.id);
  });

  it('opens nobody an account, and belongs to the one that a personal token opens later', async () => {
    const hong = await addPerson('');
    const space = await w.core.spaces.getSpace(hong);
    expect(space).toMatchObject({ name: '我的推送', accountId: null });
    expect(await w.core.accounts.findEntry(hong)).toMatchObject({ kind: 'none' });
    const { key } = await w.core.keys.createKey(hong, 'personal');
    const { accountId } = await w.core.accounts.authenticate(key);
    expect(accountId).toEqual(expect.any(Number));
    expect(await w.core.apps.getApp(space.id)).toMatchObject({ accountId });
    expect((await w.core.apps.listApps({ accountId, skip: 0, take: 10 })).total).toBe(1);
  });

  it('belongs at once to the account of somebody who has one, and to no other', async () => {
    const [lan, mei] = [await addPerson('兰'), await addPerson('梅')];
    const { key } = await w.core.keys.createKey(lan, 'personal');
    const { accountId } = await w.core.accounts.authenticate(key);
    expect(await w.core.spaces.getSpace(lan)).toMatchObject({ accountId });
    expect(await w.core.spaces.getSpace(mei)).toMatchObject({ accountId: null });
  });

  it('comes back empty after it was deleted', async () => {
    const gang = await addPerson('刚');
    const space = await w.core.spaces.getSpace(gang);
    await w.core.apps.deleteApp(space.id);
    expect(await w.core.spaces.findSpace(gang)).toBeNull();
    expect((await w.core.spaces.getSpace(gang)).id).toBe(space.id);
  });
});

describe('a preference', () => {
  it('is kept by person and name, sealed, and can be removed', async () => {
    const [ming, hong] = [await addPerson('a'), await addPerson('b')];
    expect(await w.core.preferences.read(ming, 'pushplus')).toBeNull();
    await w.core.preferences.save(ming, 'pushplus', { secretKey: 'S3CRET' });
    await w.core.preferences.save(ming, 'pushplus', { secretKey: 'S3CRET2' });
    expect(await w.core.preferences.read(ming, 'pushplus')).toEqual({ secretKey: 'S3CRET2' });
    expect(await w.core.preferences.read(hong, 'pushplus')).toBeNull();
    expect(JSON.stringify((await w.db.preference.findMany()).map((row) => row.value))).not.toContain(
      'S3CRET',
    );
    await w.restart();
    expect(await w.core.preferences.read(ming, 'pushplus')).toEqual({ secretKey: 'S3CRET2' });
    await w.core.preferences.save(ming, 'pushplus', null);
    expect(await w.core.preferences.read(ming, 'pushplus')).toBeNull();
  });
});

describe('a short code', () => {
  const codes = createShortCodes(createKeyRing(Buffer.alloc(32, 1)));

  it('is 32 hex digits that open to the id they were made of', () => {
    for (const id of [1, 2, 4096, Number.MAX_SAFE_INTEGER]) {
      const code = codes.encode('message', id);
      expect(code).toMatch(/^[0-9a-f]{32}$/);
      expect(codes.decode('message', code)).toBe(id);
      expect(codes.decode('message', code.toUpperCase())).toBe(id);
    }
  });

  it('is nothing under another purpose, on another server, or when it was changed', () => {
    const code = codes.encode('message', 77);
    expect(codes.decode('friend', code)).toBeNull();
    expect(createShortCodes(createKeyRing(Buffer.alloc(32, 2))).decode('message', code)).toBeNull();
    const changed = (code[0] === '0' ? '1' : '0') + code.slice(1);
    for (const wrong of [changed, '', 'x', `${code}0`, 'z'.repeat(32), '0'.repeat(32)]) {
      expect(codes.decode('message', wrong)).toBeNull();
    }
  });
});
