/** The list of messages, one message's trace, cancelling and sending again, by HTTP and as people see them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, type Looker, openLooker } from '#test/support/look.js';
import type { Browser } from '#test/support/sign-in.js';
import { openWorld, type World } from '#test/support/world.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let w: World;
let boss: Browser;
let ming: Browser;

beforeAll(async () => {
  w = await openWorld();
  boss = await w.signIn('Boss', { role: 'operator' });
  ming = await w.signIn('Ming', { role: 'developer' });
});
afterAll(() => w.close());

const PATH = '/console/messages';
const decode = (text: string) => text.replaceAll('&amp;', '&');

async function personOf(name: string): Promise<number> {
  return (await w.core.people.getByUid(await w.phone(name).uid())).personId;
}

async function publish(name: string, own: object = {}): Promise<number> {
  const personId = await personOf(name);
  const { messageId } = await w.core.publish({
    appId: null,
    senderId: personId,
    title: `给 ${name} <i>`,
    body: '正文',
    format: 'text',
    audience: { people: [personId], topics: [] },
    targets: [{ uid: await w.phone(name).uid() }],
    source: 'console',
    ...own,
  });
  return messageId;
}

describe('the list', () => {
  it('shows a developer the own messages alone, an operator all, each in words', async () => {
    const own = await publish('Ming');
    const foreign = await publish('Boss');
    const page = await ming.get(PATH);
    expect(page.text).toContain(`/console/messages/${own}"`);
    expect(page.text).toContain('给 Ming &lt;i&gt;');
    expect(page.text).not.toContain(`/console/messages/${foreign}"`);
    const all = await boss.get(PATH);
    expect(all.text).toContain(`/console/messages/${own}"`);
    expect(all.text).toContain(`/console/messages/${foreign}"`);
    for (const path of [`${PATH}/${foreign}`, `${PATH}/${foreign}/live`, `${PATH}/1`, `${PATH}/x`]) {
      expect((await ming.get(path)).status).toBe(404);
    }
    for (const act of ['cancel', 'resend']) {
      expect((await ming.post(`${PATH}/${foreign}/${act}`)).status).toBe(404);
      expect((await ming.post(`${PATH}/${own}/${act}`, { csrf: 'x' })).status).toBe(403);
    }
  });

  it('finds by title, number, UID, state, source, app and time', async () => {
    const id = await publish('Ming', { title: '100%_特别 \\x', source: 'bark' });
    await w.drain();
    const has = async (query: Record<string, string>) =>
      (await ming.get(`${PATH}?${new URLSearchParams(query)}`)).text.includes(`/console/messages/${id}"`);
    const uid = await w.phone('Ming').uid();
    for (const query of [
      { q: '%_特别 \\' },
      { q: String(id) },
      { q: uid },
      { state: 'sent' },
      { source: 'bark' },
      { app: '0' },
      { from: '2026-11-23T11:59', until: '2026-11-23T12:01' },
      { q: '特别', state: 'sent', source: 'bark', app: '0', from: '2026-11-01T00:00' },
    ] as Record<string, string>[]) {
      expect([query, await has(query)]).toEqual([query, true]);
    }
    for (const query of [
      { q: '_特别%' },
      { q: 'UID_nobody' },
      { q: String(id + 1) },
      { state: 'failed' },
      { state: 'accepted' },
      { source: 'ntfy' },
      { app: '99' },
      { until: '2026-11-23T11:00' },
    ] as Record<string, string>[]) {
      expect([query, await has(query)]).toEqual([query, false]);
    }
    expect((await ming.get(`${PATH}?from=nonsense`)).text).toContain('时间不对');
    expect(
      (await ming.get(`${PATH}?before=99999999999999999999&app=x&state=%00&q=${'x'.repeat(5000)}`)).status,
    ).toBe(200);
  });

  it('leads on to what is older', async () => {
    for (let count = 0; count < 31; count += 1) {
      await publish('Ming', { title: `页 ${count}` });
    }
    const first = await ming.get(PATH);
    const older = /rel="next" href="([^"]+)"/.exec(first.text)?.[1] ?? '';
    const second = await ming.get(decode(older));
    expect(first.text.match(/class="clip" href/g)).toHaveLength(30);
    const shown = (text: string) => [...text.matchAll(/\/console\/messages\/(\d+)"/g)].map(([, id]) => id);
    expect(shown(first.text).filter((id) => shown(second.text).includes(id))).toEqual([]);
    expect(second.text).toContain('回到最新');
  });
});

describe('a message', () => {
  it('is traced to the platform’s answer', async () => {
    const id = await publish('Ming');
    const waiting = await ming.get(`${PATH}/${id}`);
    expect(waiting.text).toContain('data-live');
    await w.drain();
    const { text } = await ming.get(`${PATH}/${id}`);
    expect(text).not.toContain('data-live');
    expect(text).toContain('全部结束');
    expect(text).toContain('已送达');
    const live = await ming.get(`${PATH}/${id}/live?state=failed`);
    expect(live.text).not.toContain('<html');
    expect(live.text).toContain('这里没有投递');
  });

  it('is cancelled before it goes out, by its page or the API, once', async () => {
    const id = await publish('Ming', { sendAt: new Date(w.clock.now() + 3_600_000) });
    const page = await ming.submit(`${PATH}/${id}/cancel`);
    expect(page.text).toContain('消息已取消，没有发给任何人');
    expect(page.text).toContain('发送前已取消');
    const again = await w.admin(`/messages/${id}/cancel`, {});
    expect([again.status, again.json]).toEqual([200, { id, cancelled: 0 }]);
    w.clock.advance(3_700_000);
    await w.drain();
    expect(await w.db.delivery.count({ where: { messageId: id } })).toBe(0);
    expect(((await w.admin(`/messages/${id}`)).json as { state: string }).state).toBe('cancelled');
    expect((await w.admin('/messages/1/cancel', {})).status).toBe(404);
    expect((await w.admin(`/messages/${id}/resend`, {})).status).toBe(409);
  });

  it('that was being stopped when the server died is sent to nobody after its start', async () => {
    const id = await publish('Ming');
    const before = (await w.phone('Ming').cards()).length;
    // The engine spreads it but cannot send: its queue rests.
    const until = new Date(w.clock.now() + 60_000);
    await w.db.pause.create({ data: { queue: 'wechat', until, code: 'test', why: 'test' } });
    await w.restart();
    await w.drain();
    expect(await w.db.delivery.count({ where: { messageId: id, state: 'due' } })).toBe(1);
    await w.db.message.update({ where: { id }, data: { state: 'cancelling' } });
    await w.db.pause.deleteMany();
    await w.restart();
    w.clock.advance(61_000);
    await w.drain();
    expect((await w.phone('Ming').cards()).length).toBe(before);
    const row = await w.db.message.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ state: 'done', total: 1, sent: 0, cancelled: 1 });
  });

  it('that failed is sent again, and says by whom', async () => {
    await w.phone('Lost').follows();
    const id = await publish('Lost', { senderId: await personOf('Ming') });
    await w.phone('Lost').unfollows();
    await w.drain();
    const failed = await ming.get(`${PATH}/${id}?state=failed`);
    expect(failed.text).toContain('接收者没有关注公众号');
    w.clock.advance(5000);
    await w.phone('Lost').follows();
    const page = await ming.submit(`${PATH}/${id}/resend`);
    expect(page.text).toContain('1 个投递重新发送');
    const uid = await w.phone('Ming').uid();
    expect(page.text).toContain(`${uid.slice(0, 10)}… 重新发送<`);
    const inEnglish = await ming.get(`${PATH}/${id}?lang=en`);
    expect(inEnglish.text).toContain(`sent again by ${uid.slice(0, 10)}…<`);
    await ming.get(`${PATH}/${id}?lang=zh`);
    await w.drain();
    expect(await w.core.messages.getMessage(id)).toMatchObject({ state: 'sent', sent: 1, failed: 0 });
    expect((await ming.submit(`${PATH}/${id}/resend`)).text).toContain('没有失败的投递');
    expect((await w.admin(`/messages/${id}/resend`, {})).json).toEqual({ id, resent: 0 });
  });
});

describe.skipIf(!hasBrowser)('as people see it', () => {
  let looker: Looker;
  beforeAll(async () => {
    looker = await openLooker(w.url);
  });
  afterAll(() => looker?.close());

  it('the list, full and empty, and a trace with every state', async () => {
    const app = await w.app('值班报警 On-call').made();
    await w.core.publish({
      appId: app.id,
      title:
        '一条标题很长很长的消息：数据库主从延迟超过三百秒，请值班同学尽快处理，a_very_long_word_that_never_ends_and_ends_never',
      body: 'x',
      format: 'markdown',
      audience: { people: [], topics: [] },
      targets: [],
      source: 'wxpusher',
      priority: 1,
      sendAt: new Date(w.clock.now() + 600_000),
    });
    expect(await looker.look(boss, PATH, { name: 'messages' })).toEqual([]);
    expect(
      await looker.look(boss, `${PATH}?q=nothing&from=2026-01-01T00:00`, { name: 'messages-none' }),
    ).toEqual([]);
    const nobody = await w.signIn('Newcomer', { role: 'developer' });
    expect(await looker.look(nobody, PATH, { name: 'messages-empty', language: 'en-US' })).toEqual([]);
    const id = await publish('Ming');
    await w.drain();
    const people = [];
    for (const [at, state] of ['sent', 'failed', 'failed', 'cancelled', 'due', 'claimed'].entries()) {
      await w.phone(`看 ${at}`).follows();
      people.push([await personOf(`看 ${at}`), state] as const);
    }
    const now = new Date(w.clock.now());
    const tries = [
      {
        at: w.clock.now(),
        outcome: 'retry',
        code: '45009',
        detail: '调用次数已用完 reach max api daily quota limit',
        tookMs: 132,
      },
      {
        at: w.clock.now() + 1000,
        outcome: 'refused',
        code: '43004',
        detail: '接收者没有关注公众号，请对方先关注 require subscribe',
        tookMs: 81,
        next: 'bark',
      },
    ];
    await w.db.delivery.createMany({
      data: people.map(([personId, state], at) => ({
        id: id + 16 * (1000 + at),
        messageId: id,
        personId,
        channel: 'wechat',
        queue: 'test',
        state,
        dueAt: new Date(w.clock.now() + 60_000),
        createdAt: now,
        attempts: state === 'due' || state === 'claimed' ? '[]' : JSON.stringify(tries),
      })),
    });
    const data = { state: 'expanded', total: 7, sent: 2, failed: 2, cancelled: 1, finishedAt: null };
    await w.db.message.update({ where: { id }, data });
    expect(await looker.look(boss, `${PATH}/${id}`, { name: 'message' })).toEqual([]);
    expect(await looker.look(boss, `${PATH}/${id}`, { name: 'message-en', language: 'en-US' })).toEqual([]);
  });

  it('a trace that moves on by itself', async () => {
    const id = await publish('Ming');
    const { page, complaints } = await looker.open(ming, `${PATH}/${id}`);
    await page.locator('.pulse').waitFor();
    await w.drain();
    await page.getByText('全部结束').waitFor();
    expect(await page.locator('.pulse').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
