/** Endpoints of apps, and the log of what was sent there. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
let appId: number;
beforeEach(async () => {
  w = await openCoreWorld();
  appId = await w.store.addApp();
});
afterEach(() => w.close());

describe('an endpoint', () => {
  it('keeps its secret when its address changes, sealed', async () => {
    const { secret } = await w.core.callbacks.setCallback(appId, 'https://a.example/');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(await w.core.callbacks.setCallback(appId, 'https://b.example/')).toEqual({ secret });
    expect(await w.core.callbacks.findCallback(appId)).toMatchObject({ url: 'https://b.example/', secret });
    expect((await w.db.callback.findFirstOrThrow()).secret).not.toContain(secret.slice(6));
  });

  it.each([
    ['ftp://a.example/', 'bad_url'],
    ['a.example', 'bad_url'],
    ['https://a.example/ b', 'bad_url'],
    [`https://a.example/${'x'.repeat(1000)}`, 'bad_url'],
    ['http://inside/', 'blocked_target'],
  ])('%s is refused, and nothing is written', async (url, code) => {
    await expect(w.core.callbacks.setCallback(appId, url)).rejects.toMatchObject({ code });
    expect(await w.db.callback.count()).toBe(0);
  });
});

describe('a logged callback', () => {
  async function addLog(state: string, app = appId): Promise<number> {
    const at = new Date(w.clock.now());
    const id = w.store.newId();
    const row = {
      eventId: id,
      callbackId: 1,
      appId: app,
      channel: 'callback',
      queue: 'callback:1',
      dueAt: at,
    };
    await w.db.delivery.create({ data: { ...row, id, state, tries: 10, createdAt: at, finishedAt: at } });
    return id;
  }

  it.each(['sent', 'failed', 'cancelled', 'due'])(
    'that is %s can be sent again, with a fresh count of tries',
    async (state) => {
      const id = await addLog(state);
      const before = w.countWakes();
      await w.core.callbacks.replay(id, [appId]);
      expect(await w.db.delivery.findFirstOrThrow()).toMatchObject({
        state: 'due',
        tries: 0,
        finishedAt: null,
      });
      expect(w.countWakes()).toBe(before + 1);
    },
  );

  it('under way is left alone', async () => {
    await expect(w.core.callbacks.replay(await addLog('claimed'), null)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('of another’s app is not found, and neither is a message or a made-up number', async () => {
    const id = await addLog('failed');
    await expect(w.core.callbacks.replay(id, [appId + 1])).rejects.toMatchObject({ code: 'not_found' });
    await expect(w.core.callbacks.replay(id, [])).rejects.toMatchObject({ code: 'not_found' });
    for (const made of [0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER]) {
      await expect(w.core.callbacks.replay(made, null)).rejects.toMatchObject({ code: 'not_found' });
    }
    await w.db.delivery.update({ where: { id }, data: { channel: 'wechat' } });
    await expect(w.core.callbacks.replay(id, null)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is listed newest first, by app and state', async () => {
    const ids = [await addLog('sent'), await addLog('failed'), await addLog('failed', appId + 1)];
    const list = async (filter: { appIds: number[] | null; state?: string }) =>
      (await w.core.callbacks.listLog({ ...filter, skip: 0, take: 10 })).items.map(({ id }) => id);
    expect(await list({ appIds: null })).toEqual([...ids].reverse());
    expect(await list({ appIds: [appId] })).toEqual([ids[1], ids[0]]);
    expect(await list({ appIds: null, state: 'failed' })).toEqual([ids[2], ids[1]]);
    expect(await list({ appIds: [] })).toEqual([]);
  });
});
