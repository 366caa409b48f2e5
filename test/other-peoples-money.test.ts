/** The server's own mailer and SMS account: whom they reach, and how much of them a person, a target and all together may use. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';

let w: World;
beforeEach(async () => {
  w = await openWorld({ mail: true });
});
afterEach(() => w.close());

const VICTIM = 'ceo@victim.example';
const MINUTE = 60_000;

/** What arrived, newest first; `rendered` is the text of a mail with its subject. */
interface Arrived {
  to: string;
  rendered: string;
}

const readInbox = async (name: 'mail' | 'sms'): Promise<Arrived[]> =>
  ((await w.sim(`/inboxes/${name}`)).json as { items: Arrived[] }).items;
const readMails = () => readInbox('mail');

/** A follower with a mail channel of the server's mailer, their key, and their browser. */
async function openFollower(name: string, to: string) {
  const browser = await w.signIn(name);
  const made = await browser.post('/me/channels/new/mail', { code: 'mail', to, place: 'first' });
  const { personId, uid } = await w.core.people.getByUid(await w.phone(name).uid());
  const spt = await w.core.keys.showKey(personId, 'spt');
  const push = (content: string) =>
    w.call('/api/send/message/simple-push', { body: { spt, contentType: 2, content } });
  return { browser, made, personId, uid, push };
}

/** The link in the newest mail. */
async function readLink(): Promise<string> {
  const [mail] = await readMails();
  return new URL(/https?:\/\/\S+\/mail-consent\/\S+/.exec(mail?.rendered ?? '')?.[0] ?? '').pathname;
}

const OWN = { 'sec-fetch-site': 'same-origin' };
const post = (path: string, headers: Record<string, string> = OWN) =>
  w.call(path, { method: 'POST', body: '', headers });

describe('mail by the server’s own mailer', () => {
  it('to a stranger is one question without the sender’s words; a hundred pushes wait with a clear word', async () => {
    const mallory = await openFollower('Mallory', VICTIM);
    expect(mallory.made.status).toBe(303);
    for (let at = 0; at < 100; at += 1) {
      expect(
        (await mallory.push(`<h2>Microsoft 365 <a href="https://phish.example">log in ${at}</a></h2>`))
          .status,
      ).toBe(200);
    }
    await w.drain();
    const mails = await readMails();
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ to: VICTIM });
    expect(JSON.stringify(mails)).not.toMatch(/phish|Microsoft 365/);
    const list = (await mallory.browser.get('/me/channels')).text;
    expect(list).toContain(`等待 ${VICTIM} 确认`);
    const message = await w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const trace = await w.admin(`/messages/${message.id}`);
    expect(trace.text).toMatch(/unconfirmed/);
    expect(trace.text).toContain(`等待 ${VICTIM} 确认`);
    const test = await w.admin(
      `/users/${mallory.uid}/channels/${await onlyChannel(mallory.personId)}/test`,
      {},
    );
    expect(test.json).toEqual({ ok: false, detail: expect.stringContaining('确认') });
    // Nobody was asked: neither the channel nor the mailer has failed.
    expect(await w.db.channelConfig.findMany({ where: { lastErrorAt: { not: null } } })).toEqual([]);
    expect((await mallory.browser.get('/me/channels')).text).not.toContain('badge bad');
    expect(await readMails()).toHaveLength(1);
  });

  it('goes out once its receiver agreed by a button, which no GET and no other page presses', async () => {
    const ming = await openFollower('Ming', 'friend@other.example');
    await ming.push('hello friend');
    await w.drain();
    const link = await readLink();
    const page = await w.call(link);
    expect(page.text).toContain('friend@other.example');
    // Browsers without Sec-Fetch-Site must not hide the Origin of the button's form.
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect((await post(`${link}/agree`, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await w.call(`${link}/agree`)).status).not.toBe(303);
    w.clock.advance(MINUTE);
    await w.drain();
    expect(await readMails()).toHaveLength(1);
    expect((await post(`${link}/agree`)).status).toBe(303);
    expect((await w.call(link)).text).toContain('已同意');
    w.clock.advance(60 * MINUTE);
    await w.drain();
    const [newest, ...older] = await readMails();
    expect([newest?.to, older.length]).toEqual(['friend@other.example', 1]);
    expect(newest?.rendered).toContain('hello friend');
    const { json } = await w.admin(`/users/${ming.uid}/channels`);
    expect(json).toMatchObject({ items: [{ waiting: [] }] });
  });

  it('is asked for by nobody any more once its owner refused, and a link that was changed is no link', async () => {
    await openFollower('Ming', VICTIM);
    const link = await readLink();
    const wrong = `${link.slice(0, -1)}${link.endsWith('0') ? '1' : '0'}`;
    expect((await post(`${wrong}/agree`)).status).toBe(404);
    for (const path of ['/mail-consent/x', '/mail-consent/1-', `/mail-consent/999999999-${'0'.repeat(32)}`]) {
      expect((await w.call(path)).status).toBe(404);
    }
    expect((await post(`${link}/refuse`)).status).toBe(303);
    w.clock.advance(24 * 60 * MINUTE);
    await openFollower('Mallory', VICTIM.toUpperCase());
    await w.drain();
    expect(await readMails()).toHaveLength(1);
  });

  it('to one address is asked for twice a day at most, whoever asks', async () => {
    for (const name of ['A', 'B', 'C', 'D']) {
      // Another address of the same mailbox.
      await openFollower(name, VICTIM.replace('@', `+${name}@`));
      w.clock.advance(2 * MINUTE);
    }
    expect(await readMails()).toHaveLength(2);
  });

  it('reaches one’s own verified address at once, so much a day and in all, and the rest waits for midnight', async () => {
    await w.core.limits.saveLimits({ 'server-mail-person-day': 2 });
    const browser = await w.signIn('Ming');
    await browser.post('/me/contacts/email', { email: 'ming@own.example' });
    const code = /\d{6}/.exec((await readMails())[0]?.rendered ?? '')?.[0] ?? '';
    await browser.submit('/me/contacts/email/confirm', { code });
    const ming = await openFollower('Ming', 'ming@own.example');
    for (const text of ['one', 'two', 'three']) {
      await ming.push(text);
    }
    await w.drain();
    expect(await readMails()).toHaveLength(3);
    expect((await ming.browser.get('/me/channels')).text).toMatch(/本站代发邮件还可 0 封/);
    const message = await w.db.message.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect((await w.admin(`/messages/${message.id}`)).text).toMatch(
      /每人每天最多 2，北京时间零点后再试。管理员可在控制台「限额」里修改/,
    );
    w.clock.advance(24 * 60 * MINUTE);
    await w.drain();
    expect(await readMails()).toHaveLength(4);
  });
});

describe('codes by SMS', () => {
  const PHONE = '13800138000';

  it('reach one number once a minute and five times a day, however many people ask', async () => {
    const statuses: number[] = [];
    for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) {
      const browser = await w.signIn(name);
      const uid = await w.phone(name).uid();
      const made = await w.admin(`/users/${uid}/keys`, { kind: 'personal' });
      const authorization = `Bearer ${(made.json as { key: string }).key}`;
      const byPage = await browser.post('/me/contacts/phone', { phone: PHONE });
      const byApi = await w.call(`/api/v1/users/${uid}/contacts/phone`, {
        body: { address: `+86 ${PHONE}` },
        headers: { authorization },
      });
      statuses.push(byPage.status, byApi.status);
    }
    expect(statuses).toEqual([303, ...Array.from({ length: 11 }, () => 429)]);
    expect(await countSms()).toBe(1);
    const browser = await w.signIn('A');
    for (let at = 0; at < 8; at += 1) {
      w.clock.advance(MINUTE);
      await browser.post('/me/contacts/phone', { phone: PHONE });
    }
    expect(await countSms()).toBe(5);
    const refused = await browser.post('/me/contacts/phone', { phone: PHONE });
    expect(refused.text).toMatch(/验证码，每个收件人每天最多 5，北京时间零点后再试/);
  });
});

describe('channel tests', () => {
  it('are counted together on the page and by the API', async () => {
    const ming = await w.signIn('Ming', { role: 'developer' });
    const uid = await w.phone('Ming').uid();
    const { personId } = await w.core.people.getByUid(uid);
    const made = await w.core.channels.createChannel(personId, {
      kind: 'webhook',
      code: 'hook',
      config: { url: w.webhook('hook') },
    });
    const { key } = await w.core.keys.createKey(personId, 'personal');
    const byApi = () =>
      w.call(`/api/v1/users/${uid}/channels/${made.id}/test`, {
        body: {},
        headers: { authorization: `Bearer ${key}` },
      });
    for (let at = 0; at < 5; at += 1) {
      expect((await byApi()).json).toMatchObject({ ok: true });
      expect((await ming.submit(`/me/channels/${made.id}/test`)).text).toContain('正常');
    }
    const refused = await byApi();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await ming.submit(`/me/channels/${made.id}/test`)).text).toContain('每人每分钟最多 10');
    w.clock.advance(MINUTE);
    expect((await byApi()).status).toBe(200);
  });
});

async function onlyChannel(personId: number): Promise<number> {
  return (await w.db.channelConfig.findFirstOrThrow({ where: { personId: BigInt(personId) } })).id;
}

async function countSms(): Promise<number> {
  return (await readInbox('sms')).length;
}
