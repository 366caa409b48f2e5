/** Keys of people: each kind in its form, sealed, dead at once when revoked, shown once by a link. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY_KINDS, type OwnKeyKind } from '#src/core/key-kinds.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const name = (externalId: string) => ({ ...w.core.account, externalId });
const MINUTE = 60_000;

describe('a key', () => {
  const FORMS: Record<OwnKeyKind, RegExp> = {
    sendkey: /^SCT\d+T[A-Za-z0-9]{20,}$/,
    sendkey3: /^sctp\d+t[a-z0-9]{20,}$/,
    pushplus: /^[0-9a-f]{32}$/,
    spt: /^SPT_[A-Za-z0-9]{20,}$/,
    bark: /^[A-Za-z0-9]{20,}$/,
    pushdeer: /^PDU\d+T[A-Za-z0-9]{20,}$/,
    ntfy: /^[a-z0-9]{20,}$/,
    gotify: /^A[A-Za-z0-9]{14,}$/,
    personal: /^QN_[A-Za-z0-9]{24,}$/,
  };

  it.each(KEY_KINDS)(
    'of the kind %s has its form, finds its owner and no other kind’s, and is kept sealed',
    async (kind) => {
      const { personId, uid } = await w.core.people.follow(name('oMing'));
      const { key, id } = await w.core.keys.createKey(personId, kind);
      expect(key).toMatch(FORMS[kind]);
      expect(key.length).toBeLessThanOrEqual(63);
      expect(await w.core.keys.findOwner(kind, key)).toMatchObject({ personId, uid, keyId: id, name: '' });
      const other = KEY_KINDS.find((one) => one !== kind) ?? 'spt';
      expect(await w.core.keys.findOwner(other, key)).toBeNull();
      const rows = await w.db.key.findMany();
      expect(rows.some((row) => `${row.hash}${row.sealed}${row.hint}`.includes(key))).toBe(false);
      expect(await w.core.keys.showKey(personId, kind)).toBe(key);
      expect((await w.core.keys.listKeys(personId)).map((one) => one.key)).not.toContain(key);
    },
  );

  it('that is revoked is dead at once, also where it was just used', async () => {
    const { personId } = await w.core.people.follow(name('oMing'));
    const { key, id } = await w.core.keys.createKey(personId, 'spt');
    await w.core.keys.findOwner('spt', key);
    await expect(w.core.keys.revokeKey(personId + 16, id)).rejects.toMatchObject({ code: 'not_found' });
    await w.core.keys.revokeKey(personId, id);
    expect(await w.core.keys.findOwner('spt', key)).toBeNull();
    await expect(w.core.keys.revokeKey(personId, id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await w.core.keys.showKey(personId, 'spt')).not.toBe(key);
  });

  it('with an end is nobody’s from then on, also where it was just used, and never the main one', async () => {
    const { personId } = await w.core.people.follow(name('oMing'));
    const expiresAt = new Date(w.clock.now() + MINUTE);
    const { key } = await w.core.keys.createKey(personId, 'pushplus', { expiresAt });
    expect(await w.core.keys.findOwner('pushplus', key)).toMatchObject({ personId });
    expect(await w.core.keys.showKey(personId, 'pushplus')).not.toBe(key);
    w.clock.advance(MINUTE);
    expect(await w.core.keys.findOwner('pushplus', key)).toBeNull();
  });

  it('with a name stands beside the main one, and is its owner’s to change and to end', async () => {
    const [{ personId }, other] = [
      await w.core.people.follow(name('oMing')),
      await w.core.people.follow(name('oHua')),
    ];
    const { keys } = w.core;
    const main = await keys.showKey(personId, 'pushplus');
    const { id, key } = await keys.createKey(personId, 'pushplus', { name: 'nas' });
    expect(await keys.showKey(personId, 'pushplus')).toBe(main);
    expect(await keys.findOwner('pushplus', key)).toMatchObject({ keyId: id, name: 'nas' });
    const page = { skip: 0, take: 10 };
    expect(await keys.listNamedKeys(personId, 'pushplus', page)).toEqual({
      total: 1,
      items: [{ id, key, name: 'nas', expiresAt: null }],
    });
    const own = { kind: 'pushplus', id } as const;
    const mainId = (await keys.findOwner('pushplus', main))?.keyId ?? 0;
    for (const [who, which] of [
      [other.personId, own],
      [personId, { kind: 'spt', id }],
      [personId, { kind: 'pushplus', id: mainId }],
      [personId, { kind: 'pushplus', id: 2 ** 40 }],
      [personId, { kind: 'pushplus', id: 1.5 }],
    ] as const) {
      await expect(keys.updateNamedKey(who, which, { name: 'x' })).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(keys.revokeNamedKey(who, which)).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(keys.updateNamedKey(personId, own, { name: '名'.repeat(65) })).rejects.toMatchObject({
      code: 'field_too_long',
    });
    const expiresAt = new Date(w.clock.now() + MINUTE);
    await keys.updateNamedKey(personId, own, { name: 'nas 2', expiresAt });
    expect(await keys.findOwner('pushplus', key)).toMatchObject({ name: 'nas 2' });
    await keys.revokeNamedKey(personId, own);
    expect(await keys.findOwner('pushplus', key)).toBeNull();
    expect(await keys.listNamedKeys(personId, 'pushplus', page)).toEqual({ total: 0, items: [] });
  });

  it.each(['', 'SPT', 'constructor', '__proto__'])('of the kind %j is refused', async (kind) => {
    await expect(w.core.keys.createKey(1, kind)).rejects.toMatchObject({ code: 'bad_field' });
  });

  it('is shown by a link once, within ten minutes', async () => {
    const { personId } = await w.core.people.follow(name('oMing'));
    const [used, late] = [await w.core.keys.createLink(personId), await w.core.keys.createLink(personId)];
    expect(await w.core.keys.findLink(used)).toBe('ok');
    expect(await Promise.all([w.core.keys.openLink(used), w.core.keys.openLink(used)])).toContain(null);
    expect([await w.core.keys.findLink(used), await w.core.keys.openLink(used)]).toEqual(['used', null]);
    w.clock.advance(10 * MINUTE);
    expect([await w.core.keys.findLink(late), await w.core.keys.openLink(late)]).toEqual(['expired', null]);
    expect(await w.core.keys.findLink('made-up')).toBeNull();
  });
});
