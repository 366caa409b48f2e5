/** Conversations with the account, played on simulated phones against the real server. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifySettingUrl } from '#src/core/setting-links.js';
import type { MadeApp } from '#test/support/builders.js';
import type { Phone } from '#test/support/phone.js';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
let alarm: MadeApp;
let backup: MadeApp;
let mute: MadeApp;
let ming: Phone;
let people = 0;

beforeAll(async () => {
  w = await openWorld();
  alarm = await w.app('alarm', { callbackUrl: w.webhook('alarm'), followTip: '欢迎使用告警' }).made();
  backup = await w.app('backup', { callbackUrl: w.webhook('backup') }).made();
  mute = await w.app('mute').made();
});
afterAll(() => w.close());
beforeEach(async () => {
  people += 1;
  ming = w.phone(`Ming ${people}`);
  await ming.follows();
});

const says = async (text: string) => (await ming.says(text)).text;

/** What an app was told by this test's person, in order. */
async function heard(app: MadeApp): Promise<string[]> {
  const uid = await ming.uid();
  const events = await w.db.event.findMany({
    where: { type: 'upstream.received', appId: app.id },
    orderBy: { id: 'asc' },
  });
  const told = events.map((event) => JSON.parse(event.data) as { uid: string; content: string });
  return told.filter((one) => one.uid === uid).map((one) => one.content);
}

describe('commands', () => {
  it('reach the app that is named, and its webhook', async () => {
    await says(`#${alarm.id}`);
    (await ming.says(`#${alarm.id} restart 重启`)).seesReply(/已发送给「alarm」/);
    expect(await heard(alarm)).toEqual(['restart 重启']);
    await w.drain();
    const inbox = await w.sim('/inboxes/webhook/alarm');
    expect(inbox.text).toContain('restart 重启');
  });

  it('need a subscription', async () => {
    (await ming.says(`#${alarm.id} restart`)).seesReply(
      new RegExp(`还没有订阅「alarm」.*先发「#${alarm.id}」`, 's'),
    );
    expect(await heard(alarm)).toEqual([]);
  });

  it('need an app that exists and takes commands', async () => {
    (await ming.says('#999999 restart')).seesReply(/没有号码为 #999999 的应用/);
    (await ming.says('#9999999999 restart')).seesReply(/没有号码/);
    await says(`#${mute.id}`);
    (await ming.says(`#${mute.id} restart`)).seesReply(/「mute」.*不接收指令/);
    expect(await heard(mute)).toEqual([]);
  });

  it('need a blank after the number', async () => {
    (await ming.says(`#${alarm.id}重启`)).seesReply(/加一个空格/);
  });
});

describe('subscribing by number', () => {
  it("greets with the app's own tip, once", async () => {
    (await ming.says(`#${alarm.id}`)).seesReply(/订阅成功：「alarm」.*欢迎使用告警/s);
    (await ming.says(`＃${alarm.id}`)).seesReply(/已经订阅过「alarm」/);
    const events = await w.db.event.findMany({ where: { type: 'subscription.created', appId: alarm.id } });
    const mine = events.filter((event) => event.data.includes('"source":"command"'));
    expect(mine.length).toBeGreaterThan(0);
  });

  it('greets with a tip that names number and commands where the app has none', async () => {
    (await ming.says(`#${backup.id}`)).seesReply(
      new RegExp(`「backup」\\(#${backup.id}\\).*#${backup.id} 内容`, 's'),
    );
  });

  it('says politely that somebody is blocked', async () => {
    await says(`#${backup.id}`);
    const uid = await ming.uid();
    await w.db.subscription.updateMany({
      where: { appId: backup.id, person: { uid } },
      data: { blocked: true },
    });
    (await ming.says(`#${backup.id}`)).seesReply(/抱歉，「backup」/);
    (await ming.says(`#${backup.id} restart`)).seesReply(/抱歉，「backup」/);
    (await ming.says(`退订 #${backup.id}`)).seesReply(/没有订阅/);
    (await ming.says('我的订阅')).seesReply(/还没有订阅/);
  });
});

describe('plain text', () => {
  it('goes to nobody without a subscription, with help instead', async () => {
    (await ming.says('hello')).seesReply(/还没有订阅应用.*使用帮助/s);
  });

  it('goes to the only app', async () => {
    await says(`#${alarm.id}`);
    (await ming.says(' hello ')).seesReply(/已发送给「alarm」/);
    (await ming.says('2')).seesReply(/已发送给「alarm」/);
    expect(await heard(alarm)).toEqual(['hello', '2']);
  });

  it('asks which app, sends what waited, and remembers the choice for ten minutes', async () => {
    await says(`#${alarm.id}`);
    await says(`#${backup.id}`);
    (await ming.says('restart')).seesReply(/「restart」要发给哪个应用.*1\. 「alarm」.*2\. 「backup」/s);
    (await ming.says('3')).seesReply(/1 到 2/);
    (await ming.says('２')).seesReply(/已发送给「backup」.*10 分钟/s);
    (await ming.says('again')).seesReply(/已发送给「backup」/);
    (await ming.says('1')).seesReply(/已发送给「backup」/);
    expect(await heard(backup)).toEqual(['restart', 'again', '1']);
    w.clock.advance(9 * 60_000 + 59_000);
    (await ming.says('still')).seesReply(/已发送给「backup」/);
    w.clock.advance(1_000);
    (await ming.says('late')).seesReply(/要发给哪个应用/);
    expect(await heard(alarm)).toEqual([]);
  });

  it('takes the number of the app as the answer', async () => {
    await says(`#${alarm.id}`);
    await says(`#${backup.id}`);
    await says('restart');
    (await ming.says(`#${backup.id}`)).seesReply(/已发送给「backup」/);
    expect(await heard(backup)).toEqual(['restart']);
  });

  it('answers a word in the middle of a question, and asks anew for another text', async () => {
    await says(`#${alarm.id}`);
    await says(`#${backup.id}`);
    await says('one');
    (await ming.says('uid')).seesReply(/UID_/);
    (await ming.says('two')).seesReply(/「two」要发给哪个应用/);
    (await ming.says('1')).seesReply(/已发送给「alarm」/);
    expect(await heard(alarm)).toEqual(['two']);
  });

  it('forgets the question, or the choice, at a word', async () => {
    await says(`#${alarm.id}`);
    await says(`#${backup.id}`);
    await says('one');
    (await ming.says('取消')).seesReply(/已取消/);
    (await ming.says('1')).seesReply(/要发给哪个应用/);
    await says('1');
    (await ming.says('cancel')).seesReply(/已取消/);
    (await ming.says('two')).seesReply(/要发给哪个应用/);
    expect(await heard(alarm)).toEqual(['1']);
  });

  it('keeps to the choices that were shown when subscriptions change meanwhile', async () => {
    await says(`#${alarm.id}`);
    await says(`#${backup.id}`);
    await says(`#${mute.id}`);
    await says('restart');
    await says(`退订 #${alarm.id}`);
    (await ming.says('1')).seesReply(/还没有订阅「alarm」/);
    (await ming.says('2')).seesReply(/已发送给「backup」/);
  });

  it('says that the chosen app takes no commands, and does not remember it', async () => {
    await says(`#${alarm.id}`);
    await says(`#${mute.id}`);
    await says('restart');
    (await ming.says('2')).seesReply(/不接收指令/);
    (await ming.says('restart')).seesReply(/要发给哪个应用/);
  });
});

describe('built-in words', () => {
  it.each(['帮助', 'help', '？'])('%s shows the help', async (word) => {
    (await ming.says(word)).seesReply(/使用帮助.*#97.*退出登录.*\[Help\].*http\S+\/me\n.*http\S+\/console$/s);
  });

  it('tell the UID, the same after leaving and coming back', async () => {
    const uid = await ming.uid();
    await ming.unfollows();
    await ming.follows();
    expect(await ming.uid()).toBe(uid);
  });

  it('give a link to the keys that works', async () => {
    const { text } = await ming.says('我的密钥');
    const path = new URL(/https?:\/\/\S+/.exec(text)?.[0] ?? '').pathname;
    expect(path).toMatch(/^\/k\/\w+$/);
    expect((await w.call(path)).status).toBe(200);
  });

  it('list subscriptions with their numbers and signed setting pages', async () => {
    const settings = { settingUrl: 'https://dev.example/set?a=1', settingSecret: 'shh' };
    const signed = await w.app('signed', settings).made();
    const open = await w.app('open', { settingUrl: 'https://dev.example/open' }).made();
    const topic = await w.app('alarm topics').topic('ops');
    await says(`#${signed.id}`);
    await says(`#${open.id}`);
    await ming.scans(topic.qrcodeUrl);
    const uid = await ming.uid();
    const text = await says('subs');
    expect(text).toMatch(new RegExp(`#${signed.id} signed.*#${open.id} open.*主题 topic「ops」`, 's'));
    const urls = text.match(/https:\/\/\S+/g) ?? [];
    expect(urls[1]).toBe(`https://dev.example/open?uid=${uid}`);
    expect(urls[0]).toMatch(/^https:\/\/dev\.example\/set\?a=1&uid=/);
    expect(verifySettingUrl(urls[0] ?? '', 'shh', w.clock.now())).toMatchObject({ kind: 'ok', uid });
  });

  it('turn the pages of a long list', async () => {
    for (let at = 0; at < 12; at += 1) {
      const name = `${'很长的名字'.repeat(9)} ${at}`;
      await says(
        `#${(await w.app(name, { settingUrl: `https://dev.example/${'x'.repeat(150)}` }).made()).id}`,
      );
    }
    const first = await says('订阅');
    expect(first).toMatch(/第 1\/\d 页.*订阅 2/s);
    const pages = Number(/第 1\/(\d)/.exec(first)?.[1]);
    const texts = await Promise.all(Array.from({ length: pages }, (_, at) => says(`订阅 ${at + 1}`)));
    expect(new Set(texts.join('\n').match(/名字 \d+/g)).size).toBe(12);
    expect(texts.every((text) => Buffer.byteLength(text) <= 2_048)).toBe(true);
    expect(await says('订阅 99')).toBe(texts.at(-1));
  });

  it('unsubscribe from one app, and say so when there is nothing to leave', async () => {
    await says(`#${alarm.id}`);
    await says(`#${backup.id}`);
    (await ming.says('退订')).seesReply(/请带上应用号/);
    (await ming.says(`退订 #${alarm.id}`)).seesReply(new RegExp(`已退订 #${alarm.id}`));
    (await ming.says(`unsub ${alarm.id}`)).seesReply(/没有订阅/);
    (await ming.says('unsub 9999999999')).seesReply(/没有订阅/);
    (await ming.says('我的订阅')).seesReply(/共 1 个.*backup/s);
  });

  it('leave one topic and keep its app', async () => {
    const app = await w.app('with topic').made();
    const made = await w.admin(`/apps/${app.id}/topics`, { name: 'news' });
    const topic = made.json as { id: number; qrcodeUrl: string };
    await says(`#${app.id}`);
    await ming.scans(topic.qrcodeUrl);
    (await ming.says(`退订 #${app.id}-${topic.id}`)).seesReply(/已退订/);
    (await ming.says('我的订阅')).seesReply(/共 1 个.*with topic/s);
  });

  it('pause and resume', async () => {
    (await ming.says('暂停')).seesReply(/已暂停/);
    (await ming.says(`#${alarm.id}`)).seesReply(/订阅成功.*恢复/s);
    const uid = await ming.uid();
    expect(await w.core.people.getByUid(uid)).toMatchObject({ paused: true });
    (await ming.says('resume')).seesReply(/已恢复/);
    expect(await w.core.people.getByUid(uid)).toMatchObject({ paused: false });
  });
});
