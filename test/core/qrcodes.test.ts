/** QR codes: any parameter behind a short scene, limits to the second, and a platform that may refuse. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QRCODE_LIMITS } from '#src/core/qrcodes.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
let appId: number;
beforeEach(async () => {
  w = await openCoreWorld();
  appId = await w.store.addApp();
});
afterEach(() => w.close());

const make = (extra: string, validSeconds = 60) =>
  w.core.qrcodes.createParameterised({ appId, extra, validSeconds });

describe('a code with a parameter', () => {
  it.each(['a', '用户=张三&id=1', '🔥'.repeat(64), ' " \' < > \\ \n', '{"a":1}'])(
    'keeps %j',
    async (extra) => {
      const code = await make(extra);
      await w.restart();
      expect(await w.core.qrcodes.findByScene(code.scene)).toMatchObject({ appId, extra, topicId: 0 });
      expect(w.asked[0]?.scene).toMatch(/^[A-Za-z0-9]{1,64}$/);
      expect(code.code).toMatch(/^[A-Za-z0-9]{64}$/);
    },
  );

  it.each([
    ['', 60],
    ['文'.repeat(QRCODE_LIMITS.extraMax + 1), 60],
    ['a', 0],
    ['a', -1],
    ['a', 1.5],
    ['a', Number.NaN],
    ['a', QRCODE_LIMITS.validSecondsMax + 1],
  ])('of %j for %d seconds is refused before anybody is asked', async (extra, validSeconds) => {
    await expect(make(extra, validSeconds)).rejects.toMatchObject({ code: 'bad_field' });
    expect([w.asked.length, await w.db.qrCode.count()]).toEqual([0, 0]);
  });

  it('lives its seconds and no longer, also where it was just used', async () => {
    const code = await make('a', 10);
    expect(w.asked).toMatchObject([{ expireSeconds: 10 }]);
    w.clock.advance(9999);
    expect(await w.core.qrcodes.findByScene(code.scene)).not.toBeNull();
    w.clock.advance(1);
    expect(await w.core.qrcodes.findByScene(code.scene)).toBeNull();
    expect(w.core.qrcodes.isExpired(code)).toBe(true);
  });

  it('leaves no trace when the platform refuses', async () => {
    w.wechat.refusal = new Error('no');
    await expect(make('a')).rejects.toThrow('no');
    expect(await w.db.qrCode.count()).toBe(0);
  });
});

describe('a default code', () => {
  it('is made once for each app and topic, and never ends', async () => {
    const [app, topic] = [await w.core.qrcodes.getDefault(appId), await w.core.qrcodes.getDefault(appId, 5)];
    expect(await w.core.qrcodes.getDefault(appId)).toEqual(app);
    expect(topic.scene).not.toBe(app.scene);
    expect(w.asked.map((asked) => 'expireSeconds' in asked)).toEqual([false, false]);
    w.clock.advance(400 * 86_400_000);
    expect(await w.core.qrcodes.findByScene(app.scene)).toMatchObject({ permanent: true, topicId: 0 });
  });
});

it('remembers who scanned last, however many scan at once', async () => {
  const code = await make('a');
  const [first, second] = await Promise.all(
    ['oA', 'oB'].map((externalId) => w.core.people.follow({ ...w.core.account, externalId })),
  );
  expect((await w.core.qrcodes.getByCode(code.code)).lastUid).toBeNull();
  await Promise.all([
    w.core.qrcodes.recordScan(code.scene, first?.personId ?? 0),
    w.core.qrcodes.recordScan(code.scene, second?.personId ?? 0),
  ]);
  expect(await w.db.qrCode.findFirstOrThrow()).toMatchObject({ scans: 2 });
  await w.core.qrcodes.recordScan(code.scene, first?.personId ?? 0);
  expect((await w.core.qrcodes.getByCode(code.code)).lastUid).toBe(first?.uid);
  await expect(w.core.qrcodes.getByCode(code.scene)).rejects.toMatchObject({ code: 'not_found' });
});

it('forgets the codes of an app that was removed', async () => {
  const code = await make('a');
  await w.core.qrcodes.findByScene(code.scene);
  await w.core.apps.deleteApp(appId);
  w.core.qrcodes.forgetApp(appId);
  expect(await w.core.qrcodes.findByScene(code.scene)).toBeNull();
});
