/** The followers' pages by HTTP: messages, subscriptions and their switches, quiet hours, keys. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let ming: Browser;

beforeEach(async () => {
  w = await openWorld();
  ming = await w.signIn('Ming');
});
afterEach(() => w.close());

const push = (appToken: string, input: Record<string, unknown>) =>
  w.call('/api/send/message', { body: { appToken, content: '磁盘 <b>满</b>', ...input } });

describe('inside WeChat', () => {
  const WECHAT = { 'user-agent': 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50' };

  it('people are named by WeChat, silently, for their own pages and nothing else', async () => {
    const phone = w.browser();
    const begun = await phone.get('/me/messages?q=x', WECHAT);
    expect(begun.headers.get('location')).toBe('/me/enter?next=%2Fme%2Fmessages%3Fq%3Dx');
    const asked = await phone.get(begun.headers.get('location') ?? '', WECHAT);
    const authorize = asked.headers.get('location') ?? '';
    expect(authorize).toContain('scope=snsapi_base');
    const back = await fetch(authorize.replace(/#.*/, ''), {
      redirect: 'manual',
      headers: { cookie: `sim_person=${await w.phone('Ming').openid()}` },
    });
    const returned = new URL(back.headers.get('location') ?? '');
    const entered = await phone.get(returned.pathname + returned.search);
    expect(entered.headers.get('location')).toBe('/me/messages?q=x');
    expect(entered.headers.getSetCookie().join()).toMatch(
      /qn_me=\w+; Path=\/me; Max-Age=2592000; HttpOnly; SameSite=Lax/,
    );
    expect((await phone.get('/me')).text).toContain(await w.phone('Ming').uid());
    // The way back works once, and only in the browser that began.
    expect((await phone.get(returned.pathname + returned.search)).status).toBe(400);
    expect((await w.browser().get(returned.pathname + returned.search)).status).toBe(400);
    // A browser that sent the cookie elsewhere would still be nobody there.
    expect((await phone.get('/console')).headers.get('location')).toBe('/sign-in?next=%2Fconsole');
    expect((await phone.post('/me/sign-out')).status).toBe(303);
    expect(phone.cookies.has('qn_me')).toBe(false);
  });

  it.each(['https://evil.example', '/console', '/me/return?x', '//evil', '/mean'])(
    'nobody is led to %j',
    async (next) => {
      const answer = await w.browser().get(`/me/enter?next=${encodeURIComponent(next)}`);
      expect(decodeURIComponent(answer.headers.get('location') ?? '')).toMatch(/return\?next=%2Fme[&]/);
    },
  );
});

describe('my messages', () => {
  it('are listed newest first, searched, and are nobody else’s', async () => {
    const app = await w.app('值班').made();
    await w.phone('Ming').scans(app.qrcodeUrl);
    await w.phone('Ling').scans(app.qrcodeUrl);
    const uid = await w.phone('Ming').uid();
    expect((await ming.get('/me/messages')).text).toContain('还没有消息');
    for (let at = 1; at <= 23; at += 1) {
      w.clock.advance(1000);
      await push(app.appToken, { summary: `第${at}条 <i>`, uids: [uid] });
    }
    await push(app.appToken, { summary: '别人的', uids: [await w.phone('Ling').uid()] });
    await w.drain();
    const first = await ming.get('/me/messages');
    expect(first.text.match(/class="letter"/g)).toHaveLength(20);
    expect(first.text).toContain('第23条 &lt;i&gt;');
    expect(first.text).not.toContain('别人的');
    const older = /rel="next" href="([^"]+)"/.exec(first.text)?.[1] ?? '';
    const second = await ming.get(older);
    expect(second.text.match(/class="letter"/g)).toHaveLength(3);
    expect(second.text).not.toContain('rel="next"');
    expect(
      (await ming.get(`/me/messages?q=${encodeURIComponent('第7条')}`)).text.match(/"letter"/g),
    ).toHaveLength(1);
    expect((await ming.get('/me/messages?q=%25')).text).toContain('没有找到');
    expect((await ming.get(`/me/messages?q=${encodeURIComponent("值班' OR 1=1 --")}`)).text).toContain(
      '没有找到',
    );
    expect((await ming.get('/me/messages?before=-1&q=a&q=b')).status).toBe(200);
    // A number of days is said only where it is true of everything that somebody looks for.
    expect((await ming.get('/me/messages?q=%25')).text).toContain('消息保留 30 天');
    await w.admin(`/apps/${app.id}/retention`, { days: 5 }, 'PUT');
    const none = (await ming.get('/me/messages?q=%25')).text;
    expect(none).toContain('太早的消息可能已经清理了');
    expect(none).not.toMatch(/保留 \d+ 天/);
    const link = /class="letter" href="([^"]+)"/.exec(first.text)?.[1] ?? '';
    expect((await w.call(new URL(link).pathname)).text).toContain('磁盘');
  });
});

describe('my subscriptions', () => {
  it('are switched off and on again, app and topic, and no message comes meanwhile', async () => {
    const builder = w.app('值班 <报警>');
    const app = await builder.made();
    const topic = await builder.topic('夜班');
    const phone = w.phone('Ming');
    await phone.scans(app.qrcodeUrl);
    await phone.scans(topic.qrcodeUrl);
    const uid = await phone.uid();
    const page = await ming.get('/me/subscriptions');
    expect(page.text).toContain('值班 &lt;报警&gt;');
    const [appOff = '', topicOff = ''] = [...page.text.matchAll(/action="([^"]+\/off)"/g)].map(
      ([, path]) => path ?? '',
    );
    const send = async (summary: string) => {
      await push(app.appToken, { summary: `${summary}-人`, uids: [uid] });
      await push(app.appToken, { summary: `${summary}-群`, topicIds: [topic.id] });
      await w.drain();
      return (await phone.cards()).map((card) => card.rendered).filter((text) => text.includes(`${summary}-`))
        .length;
    };
    expect(await send('开')).toBe(2);
    expect((await ming.submit(topicOff)).text).toContain('已关闭「夜班」');
    expect(await send('题')).toBe(1);
    await ming.submit(appOff);
    await ming.submit(topicOff.replace('/off', '/on'));
    expect(await send('全')).toBe(0);
    expect((await ming.get('/me/messages')).text).toContain('没有推送');
    await ming.submit(appOff.replace('/off', '/on'));
    expect(await send('再')).toBe(2);
  });

  it('are left, and nobody else can touch them', async () => {
    const builder = w.app('值班');
    const topic = await builder.topic('夜班');
    await w.phone('Ming').scans((await builder.made()).qrcodeUrl);
    await w.phone('Ming').scans(topic.qrcodeUrl);
    const page = await ming.get('/me/subscriptions');
    const leave = [...page.text.matchAll(/action="([^"]+\/leave)"/g)].map(([, path]) => path ?? '');
    const mallory = await w.signIn('Mallory');
    for (const verb of ['leave', 'off', 'on']) {
      expect((await mallory.post((leave[0] ?? '').replace('leave', verb))).status).toBe(404);
    }
    expect((await ming.submit(leave[1] ?? '')).text).toContain('已退订「夜班」');
    expect((await ming.submit(leave[0] ?? '')).text).toContain('还没有订阅');
  });

  it('are all paused and resumed', async () => {
    await w.phone('Ming').scans((await w.app('值班').made()).qrcodeUrl);
    expect((await ming.submit('/me/subscriptions/pause')).text).toContain('已暂停接收所有消息');
    expect((await ming.submit('/me/subscriptions/resume')).text).toContain('已恢复接收');
  });
});

describe('quiet hours', () => {
  it('are set, refused with words, and taken away', async () => {
    expect((await ming.submit('/me/quiet', { from: '22:30', to: '07:00' })).text).toContain('22:30–07:00');
    expect((await ming.get('/me')).text).toContain('22:30–07:00');
    const same = await ming.post('/me/quiet', { from: '7:00', to: '07:00' });
    expect([same.status, same.text.includes('开始与结束不能相同')]).toEqual([422, true]);
    for (const from of ['', '24:00', '12', '<b>', '1'.repeat(5000)]) {
      expect((await ming.post('/me/quiet', { from, to: '07:00' })).text).toContain('请填时间');
    }
    expect((await ming.submit('/me/quiet/off')).text).toContain('已取消免打扰');
  });
});

describe('my keys', () => {
  it('are made, work, are replaced and revoked; looking makes none', async () => {
    expect((await ming.get('/me/keys')).text).not.toMatch(/SPT_\w{28}/);
    const made = await ming.submit('/me/keys/spt/make');
    const key = /<code>(SPT_\w+)<\/code>/.exec(made.text)?.[1] ?? '';
    const sendBy = async (spt: string) =>
      ((await w.call(`/api/send/message/${spt}/hello`)).json as { code: number }).code;
    expect(await sendBy(key)).toBe(1000);
    const replaced = await ming.submit('/me/keys/spt/replace');
    const next = /<code>(SPT_\w+)<\/code>/.exec(replaced.text)?.[1] ?? '';
    expect(next).not.toBe(key);
    expect([(await sendBy(key)) === 1000, (await sendBy(next)) === 1000]).toEqual([false, true]);
    await ming.submit('/me/keys/spt/revoke');
    expect(await sendBy(next)).not.toBe(1000);
    const { items } = await w.core.audit.listEntries({ skip: 0, take: 9 });
    expect(items.map(({ action }) => action)).toEqual([
      ...['key.revoke', 'key.replace', 'key.create'],
      'session.begin',
    ]);
  });

  it('of every kind can be tried as the page says', async () => {
    for (const kind of ['spt', 'sendkey', 'sendkey3', 'pushplus', 'bark', 'pushdeer', 'ntfy', 'gotify']) {
      const page = await ming.submit(`/me/keys/${kind}/make`);
      const section = page.text.split(`id="${kind}"`)[1]?.split('</section>')[0] ?? '';
      const example =
        /data-clipboard-text="(curl[^"]+)"/
          .exec(section)?.[1]
          ?.replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&') ?? '';
      const url = /'?(http[^' ]+)'?/.exec(example)?.[1] ?? '';
      const form = example.includes('-F ');
      const answer = await fetch(url, {
        ...(example.includes('-d ') || form
          ? { method: 'POST', body: form ? new URLSearchParams({ message: 'hello' }) : 'hello' }
          : {}),
      });
      expect([kind, answer.status]).toEqual([kind, 200]);
    }
    await w.drain();
    expect((await w.phone('Ming').cards()).length).toBe(8);
  });

  it('of the management are for those who manage', async () => {
    const refused = await ming.post('/me/keys/personal/make', { name: 'x', 'scopes[]': ['read'] });
    expect(refused.headers.get('location')).toMatch(/^\/sign-in\/join/);
    expect((await ming.get('/me/keys')).text).not.toContain('/me/keys/personal');
    expect((await ming.post('/me/keys/access/make')).status).toBe(404);
    expect((await ming.post('/me/keys/constructor/make')).status).toBe(404);
    const dev = await w.signIn('Dev', { role: 'developer' });
    const made = await dev.post('/me/keys/personal/make', { name: 'ci', 'scopes[]': ['read'] });
    expect(made.text).toMatch(/QN_\w{32}/);
  });
});
