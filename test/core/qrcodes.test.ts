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

const DAY = 86_400_000;
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
  it('is a temporary one for each app and topic, the same while it lives, and followed by another in time', async () => {
    const [app, topic] = [await w.core.qrcodes.getDefault(appId), await w.core.qrcodes.getDefault(appId, 5)];
    expect(await w.core.qrcodes.getDefault(appId)).toEqual(app);
    expect(topic.scene).not.toBe(app.scene);
    expect(w.asked.map(({ expireSeconds }) => expireSeconds)).toEqual([2_592_000, 2_592_000]);
    w.clock.advance(22 * DAY);
    expect(await w.core.qrcodes.getDefault(appId)).toEqual(app);
    w.clock.advance(DAY);
    w.wechat.refusal = new Error('quota');
    expect(await w.core.qrcodes.getDefault(appId)).toEqual(app);
    w.wechat.refusal = null;
    const next = await w.core.qrcodes.getDefault(appId);
    expect(next.scene).not.toBe(app.scene);
    // Who still looks at the one before can scan it until its end.
    expect(await w.core.qrcodes.findByScene(app.scene)).toMatchObject({ permanent: false, appId });
  });

  it('is asked for once, however many ask at once', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, () => w.core.qrcodes.getDefault(appId)));
    expect([new Set(codes.map(({ scene }) => scene)).size, w.asked.length]).toEqual([1, 1]);
  });

  it('is the printable one once somebody asked for that, which never ends; one made before goes on as well', async () => {
    const usual = await w.core.qrcodes.getDefault(appId);
    const printed = await w.core.qrcodes.getPrintable(appId);
    expect(await w.core.qrcodes.getPrintable(appId)).toEqual(printed);
    expect(await w.core.qrcodes.getDefault(appId)).toEqual(printed);
    expect(w.asked.map((asked) => 'expireSeconds' in asked)).toEqual([true, false]);
    expect(await w.core.qrcodes.findByScene(usual.scene)).not.toBeNull();
    w.clock.advance(400 * DAY);
    expect(await w.core.qrcodes.findByScene(printed.scene)).toMatchObject({ permanent: true, topicId: 0 });
    expect(await w.core.qrcodes.getDefault(appId)).toEqual(printed);
  });
});

describe('what WeChat allows', () => {
  /** An app of a developer, or of an operator. */
  async function addAppOf(role: 'developer' | 'operator', name: string): Promise<number> {
    const { personId } = await w.core.people.follow({ ...w.core.account, externalId: name });
    const account = await w.db.account.create({
      data: { personId: BigInt(personId), role, createdAt: new Date(w.clock.now()) },
    });
    return (await w.core.apps.createApp({ name }, account.id)).app.id;
  }

  it('is bounded for each developer over all their apps, and not for operators', async () => {
    await w.core.limits.saveLimits({ 'qr-code-person-day': 3 });
    const own = await addAppOf('developer', 'own');
    const { accountId } = await w.core.apps.getApp(own);
    const second = (await w.core.apps.createApp({ name: 'second' }, accountId)).app.id;
    const operators = await addAppOf('operator', 'boss');
    for (const app of [own, second, own]) {
      await w.core.qrcodes.createParameterised({ appId: app, extra: 'a', validSeconds: 60 });
    }
    const fourth = w.core.qrcodes.createParameterised({ appId: second, extra: 'a', validSeconds: 60 });
    await expect(fourth).rejects.toMatchObject({
      code: 'limit_reached',
      zh: expect.stringMatching(/每人每天最多 3，北京时间零点后再试。管理员可在控制台「限额」里修改/),
    });
    for (let at = 0; at < 5; at += 1) {
      await w.core.qrcodes.createParameterised({ appId: operators, extra: 'a', validSeconds: 60 });
    }
    expect(w.asked).toHaveLength(8);
  });

  it('is kept for apps and operators when visitors have used their half, and for operators when apps have theirs', async () => {
    await w.core.limits.saveLimits({ 'qr-code-all-day': 10 });
    const [own, boss] = [await addAppOf('developer', 'own'), await addAppOf('operator', 'boss')];
    const tryAs = async (app: number, isForVisitor = false): Promise<number> => {
      for (let made = 0; ; made += 1) {
        const input = { appId: app, extra: 'a', validSeconds: 60, isForVisitor };
        const refused = await w.core.qrcodes.createParameterised(input).catch((error: unknown) => error);
        if (refused instanceof Error) {
          expect(refused).toMatchObject({ code: 'limit_reached' });
          return made;
        }
      }
    };
    expect(await tryAs(boss, true)).toBe(5);
    expect(await tryAs(own)).toBe(4);
    expect(await tryAs(boss)).toBe(1);
    await w.restart();
    expect(await tryAs(boss)).toBe(0);
    w.clock.advance(DAY);
    expect(await tryAs(boss, true)).toBe(5);
  });

  it('is no more than WeChat says of the account', async () => {
    await w.core.limits.notePlatform('qr-code', 4);
    for (let at = 0; at < 3; at += 1) {
      await make('a');
    }
    await expect(make('a')).rejects.toMatchObject({ code: 'limit_reached' });
  });

  it('of permanent codes is bounded by the day and altogether', async () => {
    await w.core.limits.saveLimits({
      'printable-code-person-day': 2,
      'printable-code-person-standing': 3,
      'printable-code-all-standing': 4,
    });
    const own = await addAppOf('developer', 'own');
    const print = (topic: number) => w.core.qrcodes.getPrintable(own, topic);
    await print(0);
    await print(0);
    await print(1);
    await expect(print(2)).rejects.toMatchObject({ code: 'limit_reached' });
    w.clock.advance(DAY);
    await print(2);
    await expect(print(3)).rejects.toMatchObject({ code: 'limit_full' });
    await w.core.qrcodes.getPrintable(await addAppOf('developer', 'another'));
    await expect(w.core.qrcodes.getPrintable(appId)).rejects.toMatchObject({ code: 'limit_full' });
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
