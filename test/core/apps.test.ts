/** Apps: tokens shown once, texts within limits, and removal that is complete. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_LIMITS } from '#src/core/apps.js';
import { sha256Hex } from '#src/lib/hash.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

let w: CoreWorld;
beforeEach(async () => {
  w = await openCoreWorld();
});
afterEach(() => w.close());

const make = (name = '机房', own = {}) => w.core.apps.createApp({ name, ...own }, null);

describe('an app token', () => {
  it('is stored as its hash only', async () => {
    const { appToken } = await make();
    expect(appToken).toMatch(/^AT_[A-Za-z0-9]{32}$/);
    const rows = await w.db.appToken.findMany();
    expect(rows).toMatchObject([{ hash: sha256Hex(appToken) }]);
    expect(JSON.stringify(rows)).not.toContain(appToken.slice(8, 24));
  });

  it('finds its app, and nothing once it is replaced', async () => {
    const { app, appToken } = await make();
    expect((await w.core.apps.findAppByToken(appToken))?.id).toBe(app.id);
    const next = await w.core.apps.replaceToken(app.id);
    expect(await w.core.apps.findAppByToken(appToken)).toBeNull();
    expect((await w.core.apps.findAppByToken(next))?.id).toBe(app.id);
  });

  it.each(['', 'AT_', 'AT_unknown', 'at_'])('%j is nobody’s', async (token) => {
    await make();
    expect(await w.core.apps.findAppByToken(token)).toBeNull();
  });

  it('shows changes of its app at once', async () => {
    const { app, appToken } = await make();
    await w.core.apps.findAppByToken(appToken);
    await w.core.apps.updateApp(app.id, { followTip: '欢迎' });
    expect((await w.core.apps.findAppByToken(appToken))?.followTip).toBe('欢迎');
  });
});

describe('the texts of an app', () => {
  it.each(Object.entries(APP_LIMITS))(
    '%s may have %i characters, emoji counted as one',
    async (field, limit) => {
      const fill =
        field === 'settingUrl' ? `https://x.example/${'a'.repeat(limit - 18)}` : '🔥'.repeat(limit);
      await make('机房', { [field]: fill });
      const refused = make('机房', { [field]: `${fill}a` });
      await expect(refused).rejects.toMatchObject({ code: 'field_too_long', params: { field, limit } });
      expect(await w.db.app.count()).toBe(1);
    },
  );

  it.each([
    [{ name: ' \t' }, 'bad_field'],
    [{ settingUrl: 'javascript:alert(1)' }, 'bad_url'],
    [{ settingUrl: 'x.example' }, 'bad_url'],
  ])('%j is refused, and nothing is written', async (own, code) => {
    await expect(make('机房', own)).rejects.toMatchObject({ code });
    expect(await w.db.app.count()).toBe(0);
  });

  it('are trimmed, and cleared by an empty one; the setting secret is sealed', async () => {
    const { app } = await make(' 机房 ', { contact: ' me ', settingSecret: 'hunter2' });
    expect(app).toMatchObject({ name: '机房', contact: 'me', hasSettingSecret: true });
    expect((await w.db.app.findFirstOrThrow()).settingSecret).not.toContain('hunter2');
    expect(await w.core.apps.readSettingSecret(app.id)).toBe('hunter2');
    const changed = await w.core.apps.updateApp(app.id, { contact: '', settingSecret: '' });
    expect(changed).toMatchObject({ contact: '', hasSettingSecret: false, name: '机房' });
  });

  it('keep what SQLite can hold of a hostile text', async () => {
    const { app } = await make('a\u0000b \ud83d 🔥');
    await w.restart();
    expect((await w.core.apps.getApp(app.id)).name).toMatch(/^a.?b .? ?🔥$/u);
  });
});

describe('an app that is removed', () => {
  it('is gone with its token, codes, topics and subscribers, and leaves others alone', async () => {
    const [{ app, appToken }, other] = [await make(), await make('other')];
    const topic = await w.core.topics.createTopic(app.id, { name: '告警' });
    await w.core.qrcodes.getDefault(app.id);
    await w.core.callbacks.setCallback(app.id, 'https://dev.example/');
    const [person = 0] = await w.store.addPeople(1);
    await w.store.subscribe([person], app.id, 0);
    await w.store.subscribe([person], app.id, topic.id);
    await w.store.subscribe([person], other.app.id, 0);
    await w.core.apps.deleteApp(app.id);
    expect(await w.core.apps.findApp(app.id)).toBeNull();
    expect(await w.core.apps.findAppByToken(appToken)).toBeNull();
    expect(await w.core.topics.findTopics([topic.id])).toEqual([]);
    expect(await w.core.topics.findTopicByCode(topic.code)).toBeNull();
    expect(await w.db.subscription.findMany()).toMatchObject([{ appId: other.app.id }]);
    expect([await w.db.qrCode.count(), await w.db.callback.count()]).toEqual([0, 0]);
    expect((await w.core.apps.listApps({ skip: 0, take: 10 })).items.map(({ id }) => id)).toEqual([
      other.app.id,
    ]);
    await expect(w.core.apps.deleteApp(app.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([0, -1, 1.5, 2 ** 31, Number.NaN, Number.MAX_SAFE_INTEGER])('%d is no app', async (id) => {
    expect(await w.core.apps.findApp(id)).toBeNull();
  });
});
