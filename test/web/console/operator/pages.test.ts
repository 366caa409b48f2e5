/** The operator's pages by HTTP: who may see them, and what each does. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let w: World;
let boss: Browser;

const PAGES = ['numbers', 'people', 'accounts', 'plans', 'plans/new', 'settings', 'audit', 'backups'];

beforeAll(async () => {
  w = await openWorld();
  boss = await w.signIn('Boss', { role: 'operator' });
});
afterAll(() => w.close());

/** The UID of somebody who has followed. */
async function follow(name: string): Promise<string> {
  await w.phone(name).follows();
  const browser = await w.signIn(name);
  const uid = /UID_\w+/.exec((await browser.get('/me')).text)?.[0];
  return uid ?? (await w.db.person.findFirstOrThrow({ orderBy: { id: 'desc' } })).uid;
}

const personOf = (uid: string) => w.db.person.findUniqueOrThrow({ where: { uid } });

describe('who is no operator', () => {
  it.each(PAGES)('is refused /console/%s and finds no link to it', async (page) => {
    const ming = await w.signIn('Dev', { role: 'developer' });
    const answer = await ming.get(`/console/${page}`);
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('href="/console/audit"');
    expect((await w.browser().get(`/console/${page}`)).status).toBe(303);
    expect((await boss.get(`/console/${page}`)).status).toBe(200);
  });

  it('changes nothing by a form, nor does an operator without its token', async () => {
    const ming = await w.signIn('Dev', { role: 'developer' });
    for (const path of ['accounts/registration', 'settings', 'backups', 'backups/restore/upload', 'plans']) {
      expect((await ming.post(`/console/${path}`, { registration: 'open' })).status).toBe(403);
      expect((await boss.post(`/console/${path}`, { csrf: 'wrong' })).status).toBe(403);
    }
    expect(await w.core.accounts.readRegistration()).toBe('closed');
  });
});

describe('people', () => {
  it('are found by how their UID, nickname, remark or openid begins', async () => {
    const uid = await follow('Finder');
    const person = await personOf(uid);
    const { externalId } = await w.db.identity.findFirstOrThrow({ where: { personId: person.id } });
    await w.db.person.update({ where: { id: person.id }, data: { nickname: '值班 <b>𠮷野家🦅' } });
    const app = await w.app('报警').made();
    await w.core.subscriptions.subscribe({
      personId: Number(person.id),
      uid,
      appId: app.id,
      topicId: 0,
      source: 'link',
      extra: '',
    });
    await w.db.subscription.updateMany({ where: { personId: person.id }, data: { remark: '机房值班' } });
    for (const q of [uid.slice(0, 12), '值班 <b>𠮷', '机房', externalId, externalId.slice(0, 10)]) {
      const found = await boss.get(`/console/people?q=${encodeURIComponent(q)}`);
      expect(found.text, q).toContain(`/console/people/${uid}`);
      expect(found.text).not.toContain('<b>𠮷');
    }
    for (const q of ['房', '%', '_', "'", '\u{10ffff}', 'x'.repeat(5000)]) {
      const answer = await boss.get(`/console/people?q=${encodeURIComponent(q)}`);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('没有以');
    }
  });

  it('are listed from the newest to the oldest, each once', async () => {
    const names = Array.from({ length: 25 }, (_, at) => `Walker${at}`);
    for (const name of names) {
      await w.phone(name).follows();
    }
    const seen: string[] = [];
    let path = '/console/people';
    for (let page = 0; page < 10 && path !== ''; page += 1) {
      const { text } = await boss.get(path);
      seen.push(...[...text.matchAll(/href="\/console\/people\/(UID_\w+)"/g)].map(([, uid = '']) => uid));
      path = (/rel="next" href="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(await w.db.person.count());
  });

  it('have a page with masked keys and channels, and are paused, blocked and given points', async () => {
    const uid = await follow('Page');
    const person = await personOf(uid);
    const personId = Number(person.id);
    const key = await w.core.keys.createKey(personId, 'sendkey', {});
    await w.core.channels.createChannel(personId, {
      kind: 'webhook',
      code: 'mine',
      config: { url: w.webhook('page') },
    });
    const app = await w.app('页面').made();
    await w.core.subscriptions.subscribe({
      personId,
      uid,
      appId: app.id,
      topicId: 0,
      source: 'link',
      extra: '',
    });
    const path = `/console/people/${uid}`;
    const page = await boss.get(path);
    expect(page.text).toContain('mine');
    expect(page.text).not.toContain(key.key);

    expect((await boss.submit(`${path}/pause`)).text).toContain('已暂停，此人收不到');
    expect((await personOf(uid)).pausedAt).not.toBeNull();
    await boss.submit(`${path}/pause`);
    expect((await personOf(uid)).pausedAt).toBeNull();

    const relation = await w.db.subscription.findFirstOrThrow({ where: { personId: person.id } });
    await boss.submit(`${path}/subscriptions/${relation.id}/block`, { blocked: 'true' });
    expect((await w.db.subscription.findFirstOrThrow({ where: { id: relation.id } })).blocked).toBe(true);
    const other = await follow('Other');
    const foreign = `/console/people/${other}/subscriptions/${relation.id}/block`;
    expect((await boss.post(foreign, { blocked: 'false' })).status).toBe(404);

    expect((await boss.submit(`${path}/points`, { amount: '30', note: '活动 🎁' })).text).toContain(
      '余额现在是 30',
    );
    for (const amount of ['-31', '0', '1.5', 'x', '', '1e9']) {
      const refused = await boss.post(`${path}/points`, { amount, note: 'kept' });
      expect([amount, refused.status]).toEqual([amount, 422]);
      expect(refused.text).toContain('value="kept"');
    }
    expect(await w.core.points.balanceOf(personId)).toBe(30);

    await boss.submit(`${path}/plans`, { serverchan: 'free', pushplus: '' });
    expect(await w.core.dialectPlans.getOwn(personId)).toEqual({ serverchan: 'free', pushplus: null });
    expect((await boss.post(`${path}/plans`, { serverchan: 'gold', pushplus: '' })).status).toBe(422);
    expect((await boss.get('/console/people/UID_nobody')).status).toBe(404);
  });
});

describe('accounts', () => {
  it('change role, and a disabled one is signed out at once', async () => {
    const dev = await w.signIn('Rising', { role: 'developer' });
    const uid = /UID_\w+/.exec((await boss.get('/console/accounts')).text.split('Rising')[0] ?? '')?.[0];
    expect(uid).toBeDefined();
    const account = await w.db.account.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const path = `/console/accounts/${account.id}`;
    expect((await boss.submit(path, { role: 'operator' })).text).toContain('已修改');
    expect((await dev.get('/console/audit')).status).toBe(200);
    await boss.submit(path, { disabled: 'true' });
    expect((await dev.get('/console')).status).toBe(303);
    await boss.submit(path, { disabled: 'false', role: 'developer' });
    expect(await w.db.account.findUniqueOrThrow({ where: { id: account.id } })).toMatchObject({
      role: 'developer',
      disabledAt: null,
    });
  });

  it('never leave the server without an operator, nor take their own rights', async () => {
    const own = await w.db.account.findFirstOrThrow({ where: { role: 'operator', disabledAt: null } });
    const losses: Record<string, string>[] = [{ role: 'developer' }, { disabled: 'true' }];
    for (const fields of losses) {
      expect((await boss.submit(`/console/accounts/${own.id}`, fields)).text).toContain('不能收回自己的权限');
    }
    await expect(w.core.accountLists.changeAccount(own.id, { disabled: true })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await boss.get('/console')).status).toBe(200);
    for (const id of ['0', '999999', '2147483648', 'x']) {
      expect((await boss.post(`/console/accounts/${id}`, { role: 'developer' })).status).toBe(404);
    }
  });

  it('are opened by people themselves only while the operator allows it', async () => {
    await boss.submit('/console/accounts/registration', { registration: 'open' });
    expect(await w.core.accounts.readRegistration()).toBe('open');
    await boss.submit('/console/accounts/registration', { registration: 'closed' });
    expect(await w.core.accounts.readRegistration()).toBe('closed');
  });
});

describe('plans', () => {
  it('limit the apps that are put on them, from the next call on', async () => {
    const app = await w.app('受限').made();
    const made = await boss.submit('/console/plans', {
      code: 'small',
      name: '小方案',
      callsPerDay: '1',
      callsPerTenSeconds: '',
    });
    expect(made.text).toContain('方案已建好');
    const plan = await w.db.plan.findUniqueOrThrow({ where: { code: 'small' } });
    const path = `/console/plans/${plan.id}`;
    expect((await boss.submit(`${path}/apps`, { appId: String(app.id) })).text).toContain('受限');
    const send = async () => {
      const body = { appToken: app.appToken, content: 'hi', uids: ['UID_x'] };
      return ((await w.call('/api/send/message', { body })).json as { code: number }).code;
    };
    const first = await send();
    const second = await send();
    expect(second).not.toBe(first);
    await boss.submit(path, { name: '大方案', callsPerDay: '1000', callsPerTenSeconds: '1000' });
    expect(await send()).toBe(first);
    expect((await boss.post(`${path}/remove`)).status).toBe(409);
    await boss.submit(`${path}/apps/${app.id}/release`);
    expect((await boss.submit(`${path}/remove`)).text).toContain('方案已删除');
  });

  it.each([
    [{ code: 'Bad Code', name: 'x' }, 'code'],
    [{ code: 'app-7', name: 'x' }, 'code'],
    [{ code: 'ok', name: '' }, 'name'],
    [{ code: 'ok', name: '名'.repeat(65) }, 'name'],
    [{ code: 'ok', name: 'x', callsPerDay: '0' }, 'callsPerDay'],
    [{ code: 'ok', name: 'x', callsPerDay: '1.5' }, 'callsPerDay'],
    [{ code: 'ok', name: 'x', callsPerTenSeconds: 'many' }, 'callsPerTenSeconds'],
  ])('refuses %j beside its field', async (fields, field) => {
    const answer = await boss.post('/console/plans', fields);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`id="f-${field}-error"`);
  });
});

describe('settings and the audit log', () => {
  it('keep what was chosen, and say who chose it', async () => {
    const chosen = {
      registration: 'open',
      retentionDays: '7',
      'keep-ntfy': '3',
      serverchan: 'free',
      pushplus: 'real-name',
    };
    expect((await boss.submit('/console/settings', chosen)).text).toContain('已保存');
    expect(await w.core.retention.readDays()).toBe(7);
    expect(await w.core.retention.readDialects()).toMatchObject({ ntfy: 3, bark: null });
    const badDialect = await boss.post('/console/settings', { ...chosen, 'keep-bark': '3651' });
    expect(badDialect.text).toContain('id="f-keep-bark-error"');
    expect(await w.core.retention.readDialects()).toMatchObject({ ntfy: 3, bark: null });
    expect(await w.core.dialectPlans.getDefaults()).toEqual({ serverchan: 'free', pushplus: 'real-name' });
    const wrong = await boss.post('/console/settings', { ...chosen, retentionDays: '0' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('id="f-retentionDays-error"');
    const log = await boss.get('/console/audit?action=settings.save');
    expect(log.text).toMatch(/<span>修改设置<\/span> <code>settings\.save<\/code>/);
    expect(log.text).not.toContain('plan.create');
    expect((await boss.get('/console/audit?actor=UID_nobody')).text).toContain('没有找到');
    await boss.submit('/console/settings', {
      ...chosen,
      registration: 'closed',
      serverchan: 'none',
      pushplus: 'none',
    });
  });

  it('hold a key to the pace that was chosen, until it is taken away', async () => {
    const chosen = { registration: 'closed', retentionDays: '7', serverchan: 'none', pushplus: 'none' };
    const { personId } = await w.core.people.getByUid(await w.phone('Boss').uid());
    const { key } = await w.core.keys.createKey(personId, 'bark', { name: 'paced' });
    const push = async () => (await w.call(`/${key}/paced`)).status;
    const saved = await boss.submit('/console/settings', { ...chosen, callsPerTenSeconds: '2' });
    expect(saved.text).toMatch(/name="callsPerTenSeconds"[^>]* value="2"/);
    expect((await w.admin('/settings/key-pace')).json).toEqual({ callsPerTenSeconds: 2 });
    const first = [await push(), await push(), await push()];
    expect(first).toEqual([200, 200, 429]);
    for (const callsPerTenSeconds of ['0', '10001', '1.5', 'many']) {
      const wrong = await boss.post('/console/settings', { ...chosen, callsPerTenSeconds });
      expect(wrong.status).toBe(422);
      expect(wrong.text).toContain('id="f-callsPerTenSeconds-error"');
    }
    await boss.submit('/console/settings', { ...chosen, callsPerTenSeconds: '' });
    expect((await w.admin('/settings/key-pace')).json).toEqual({ callsPerTenSeconds: null });
    expect(await push()).toBe(200);
  });

  it('an app is kept for as long as its page says, which an operator alone decides', async () => {
    const app = await w.app('留存').made();
    const path = `/console/apps/${app.id}`;
    expect((await boss.submit(`${path}/retention`, { retentionDays: '12' })).text).toContain('value="12"');
    expect(await w.core.retention.readAppDays(app.id)).toBe(12);
    const wrong = await boss.post(`${path}/retention`, { retentionDays: '0' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('id="f-retentionDays-error"');
    await boss.submit(`${path}/retention`, { retentionDays: '' });
    expect(await w.core.retention.readAppDays(app.id)).toBeNull();
    const ming = await w.signIn('Dev', { role: 'developer' });
    expect((await ming.post(`${path}/retention`, { retentionDays: '1' })).status).toBe(403);
    expect((await boss.get('/console/audit?action=app.retention')).text).toContain(`app ${app.id}`);
  });

  it('says in words what was done, in the reader’s language, and the code of what it has no word for', async () => {
    const { id } = (await w.admin('/apps', { name: 'audited' })).json as { id: number };
    await boss.submit(`/console/apps/${id}/retention`, { retentionDays: '9' });
    await w.db.auditEntry.create({
      data: { id: 1n, actor: 'ADMIN_TOKEN', action: 'app.feed', createdAt: new Date(0) },
    });
    const chinese = (await boss.get('/console/audit')).text;
    expect(chinese).toMatch(/<span>修改应用的保留天数<\/span> <code>app\.retention/);
    expect(chinese).toMatch(/<span>调用管理接口<\/span> <code>api\.createApp/);
    const english = (await boss.get('/console/audit', { 'accept-language': 'en' })).text;
    expect(english).toMatch(/<span>Changed how long an app’s messages are kept<\/span>/);
    const unknown = (await boss.get('/console/audit?action=app.feed')).text;
    expect(unknown).toMatch(/class="main did"><code>app\.feed<\/code>/);
  });

  it('is read page by page, each line once', async () => {
    const manager = { role: 'operator' } as const;
    for (let at = 0; at < 70; at += 1) {
      await w.core.audit.writeEntry(manager, { action: 'queue.resume', target: `line ${at}` });
    }
    const seen: string[] = [];
    let path = '/console/audit?actor=ADMIN_TOKEN&action=queue.resume';
    for (let page = 0; page < 9 && path !== ''; page += 1) {
      const { text } = await boss.get(path);
      seen.push(...(text.match(/line \d+/g) ?? []));
      path = (/rel="next" href="([^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');
    }
    expect(seen).toHaveLength(70);
    expect(new Set(seen).size).toBe(70);
  });
});

describe('numbers', () => {
  it('show what rests with the remedy, and end the rest when the operator says so', async () => {
    const until = new Date(w.clock.now() + 3_600_000);
    const why = '把 IP <203.0.113.9> 加入白名单';
    await w.db.pause.create({ data: { queue: 'wechat', until, code: '40164', why } });
    await w.restart();
    const page = await boss.get('/console/numbers');
    expect(page.text).toContain('把 IP &lt;203.0.113.9&gt; 加入白名单');
    expect((await boss.submit('/console/numbers/resume', { queue: 'wechat' })).text).toContain('已恢复发送');
    expect(await w.db.pause.count()).toBe(0);
    expect((await boss.get('/console/numbers')).text).not.toContain('加入白名单');
  });

  it('are drawn for each range, with a table beneath', async () => {
    await w.core.figures.writeDown();
    for (const [range, steps] of [
      ['day', 24],
      ['week', 28],
      ['month', 30],
      ['nonsense', 24],
    ] as const) {
      const { text } = await boss.get(`/console/numbers?range=${range}`);
      expect(text.match(/<th scope="row">/g)).toHaveLength(steps);
      expect(text.match(/<svg /g)).toHaveLength(6);
    }
  });
});
