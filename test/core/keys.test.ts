/** Keys of people: each kind in its form, sealed, dead at once when revoked, shown once by a link. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY_KINDS, type KeyKind } from '#src/core/keys.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const name = (externalId: string) => ({ ...w.core.account, externalId });
const MINUTE = 60_000;

describe('a key', () => {
  const FORMS: Record<KeyKind, RegExp> = {
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
      expect(await w.core.keys.findOwner(kind, key)).toEqual({ personId, uid, keyId: id });
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
