/** Mail and short messages by the server's own accounts: they reach the verified contact, and points are charged once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishCommand } from '#src/core/types.js';
import { DEAD_AFTER_MS } from '#src/engine/claim-sweep.js';
import { openWorld, type World } from '#test/support/world.js';

const PHONE = '13800138000';
const EMAIL = 'ming@mail.example';
const PRICE = 10;

let w: World;

beforeEach(async () => {
  w = await openWorld({ mail: true });
});
afterEach(() => w.close());

/** A follower with these verified contacts. */
async function person(name: string, contacts: { email?: string; phone?: string } = {}) {
  const phone = w.phone(name);
  await phone.follows();
  const uid = await phone.uid();
  const { personId } = await w.core.people.getByUid(uid);
  for (const [kind, address] of Object.entries(contacts)) {
    await w.admin(`/users/${uid}/contacts/${kind}`, { address });
    const [newest] = await inbox(kind === 'email' ? 'mail' : 'sms');
    const code = /\b\d{6}\b/.exec(newest?.rendered ?? '')?.[0];
    expect((await w.admin(`/users/${uid}/contacts/${kind}/confirm`, { code })).status).toBe(200);
    w.clock.advance(60_000);
  }
  return { uid, personId, phone };
}

interface Arrived {
  to: string;
  rendered: string;
  subject?: string;
  html?: string;
}

async function inbox(name: 'mail' | 'sms'): Promise<Arrived[]> {
  return ((await w.sim(`/inboxes/${name}`)).json as { items: Arrived[] }).items;
}

/** Sends to these people by one channel; with a payer it costs points. */
async function send(
  channel: string,
  people: readonly { personId: number }[],
  more: Partial<PublishCommand> = {},
): Promise<number> {
  const { messageId } = await w.core.publish({
    appId: null,
    senderId: people[0]?.personId ?? 0,
    title: '磁盘满了',
    body: '只剩 1 %',
    format: 'text',
    audience: { people: people.map(({ personId }) => personId), topics: [] },
    targets: [],
    channels: [channel],
    source: 'test',
    ...more,
  });
  return messageId;
}

const paidBy = ({ personId }: { personId: number }): Partial<PublishCommand> => ({
  extras: { sms: { price: PRICE, payer: personId } },
});

interface Trace {
  state: string;
  deliveries: { items: { state: string; channel: string; attempts: { code?: string; detail?: string }[] }[] };
}
const trace = async (id: number): Promise<Trace> => (await w.admin(`/messages/${id}`)).json as Trace;
const points = async (uid: string) =>
  (await w.admin(`/users/${uid}/points`)).json as { points: number; total: number; items: object[] };

describe('the server’s own account', () => {
  it('mails the verified address, with title and body', async () => {
    const ming = await person('Ming', { email: EMAIL });
    const id = await send('mail', [ming]);
    await w.drain();
    expect(await trace(id)).toMatchObject({ state: 'sent', deliveries: { items: [{ channel: 'mail' }] } });
    const [mail] = await inbox('mail');
    expect(mail).toMatchObject({ to: EMAIL, subject: '磁盘满了', html: expect.stringContaining('只剩 1 %') });
    expect(await ming.phone.cards()).toEqual([]);
  });

  it('writes a short message of the title alone to the verified phone', async () => {
    const ming = await person('Ming', { phone: PHONE });
    await send('sms', [ming]);
    await w.drain();
    const [sms] = await inbox('sms');
    expect(sms).toMatchObject({ to: PHONE, rendered: '【青鸟】您有一条新消息：磁盘满了' });
  });

  it.each([
    ['mail', '邮箱'],
    ['sms', '手机'],
  ])('says of %s what is missing where nothing is verified', async (channel, word) => {
    const ming = await person('Ming');
    const id = await send(channel, [ming]);
    await w.drain();
    const { state, deliveries } = await trace(id);
    expect(state).toBe('failed');
    expect(deliveries.items[0]?.attempts[0]?.detail).toContain(word);
  });

  it('does not mail an address that was unbound while the message waited', async () => {
    const ming = await person('Ming', { email: EMAIL });
    const before = (await inbox('mail')).length;
    await send('mail', [ming], { sendAt: new Date(w.clock.now() + 1000) });
    await w.drain();
    await w.admin(`/users/${ming.uid}/contacts/email`, undefined, 'DELETE');
    w.clock.advance(2000);
    await w.drain();
    expect(await inbox('mail')).toHaveLength(before);
  });

  it('lets one phone’s limit hold up no other phone', async () => {
    const [ming, hong] = [
      await person('Ming', { phone: PHONE }),
      await person('Hong', { phone: '13900139000' }),
    ];
    w.clock.advance(3_600_000);
    await w.sim('/quota', { on: true });
    await send('sms', [ming], { title: '一' });
    await send('sms', [ming], { title: '二' });
    await w.drain();
    await send('sms', [hong], { title: '三' });
    await w.drain();
    const texts = (await inbox('sms')).map(({ rendered }) => rendered.slice(-1));
    expect(texts).toContain('三');
    expect(texts).not.toContain('二');
    w.clock.advance(3_700_000);
    await w.drain();
    expect((await inbox('sms'))[0]).toMatchObject({ to: PHONE, rendered: expect.stringMatching(/二$/) });
  });
});

describe('a person’s own channel', () => {
  it('without a receiver reaches the verified address, in a test too', async () => {
    const ming = await person('Ming', { email: EMAIL, phone: PHONE });
    const made = (
      await Promise.all([
        w.admin(`/users/${ming.uid}/channels`, { kind: 'mail', code: 'post', config: {} }),
        w.admin(`/users/${ming.uid}/channels`, {
          kind: 'sms',
          code: 'text',
          config: {
            accessKeyId: 'simkey',
            accessKeySecret: 'simsmssecret',
            signName: '我的签名',
            templateCode: 'SMS_1',
          },
        }),
      ])
    ).map(({ json }) => json as { id: number });
    for (const { id } of made) {
      const tested = await w.admin(`/users/${ming.uid}/channels/${id}/test`, {});
      expect(tested.json, tested.text).toMatchObject({ ok: true });
    }
    await send('post', [ming]);
    await send('sms', [ming], paidBy(ming));
    await w.drain();
    expect((await inbox('mail')).slice(0, 2).map(({ to }) => to)).toEqual([EMAIL, EMAIL]);
    expect((await inbox('sms'))[0]).toMatchObject({
      to: PHONE,
      rendered: expect.stringContaining('我的签名'),
    });
    expect(await points(ming.uid)).toEqual({ points: 0, total: 0, items: [] });
  });
});

describe('points', () => {
  it('are charged for each short message that went out, to the sender', async () => {
    const [ming, hong] = [
      await person('Ming', { phone: PHONE }),
      await person('Hong', { phone: '13900139000' }),
    ];
    const nobody = await person('Without phone');
    await w.admin(`/users/${ming.uid}/points`, { amount: 100, note: '新年好' });
    await send('sms', [ming, hong, nobody], paidBy(ming));
    await w.drain();
    expect(await points(ming.uid)).toMatchObject({
      points: 80,
      total: 3,
      items: [{ amount: -PRICE }, { amount: -PRICE, note: '短信 SMS' }, { amount: 100, note: '新年好' }],
    });
    expect(await points(hong.uid)).toMatchObject({ points: 0, total: 0 });
  });

  it('are not charged for what the vendor refuses', async () => {
    const ming = await person('Ming', { phone: PHONE });
    await w.admin(`/users/${ming.uid}/points`, { amount: 100 });
    const id = await send('sms', [ming], { ...paidBy(ming), title: 'see https://example.com' });
    await w.drain();
    expect(await trace(id)).toMatchObject({ state: 'failed' });
    expect(await points(ming.uid)).toMatchObject({ points: 100, total: 1 });
  });

  it('are charged once, and when it goes out, for one that had to be tried again', async () => {
    const ming = await person('Ming', { phone: PHONE });
    await w.admin(`/users/${ming.uid}/points`, { amount: 100 });
    await w.sim('/faults', { path: '/sms', status: 503, count: 1 });
    await send('sms', [ming], paidBy(ming));
    await w.drain();
    expect(await points(ming.uid)).toMatchObject({ points: 100 });
    w.clock.advance(5000);
    await w.drain();
    expect(await points(ming.uid)).toMatchObject({ points: 90, total: 2 });
  });

  it('are charged once even where a delivery that was charged comes back and is sent again', async () => {
    const ming = await person('Ming', { phone: PHONE });
    await w.admin(`/users/${ming.uid}/points`, { amount: 100 });
    const before = (await inbox('sms')).length;
    await send('sms', [ming], paidBy(ming));
    await w.drain();
    // As if its record had been lost after all, and the process with it.
    await w.db.delivery.updateMany({
      where: { channel: 'sms' },
      data: { state: 'claimed', owner: 'dead', leaseUntil: new Date(0) },
    });
    await w.restart();
    await w.drain();
    w.clock.advance(DEAD_AFTER_MS);
    await w.drain();
    expect(await inbox('sms')).toHaveLength(before + 2);
    expect(await points(ming.uid)).toMatchObject({ points: 90, total: 2 });
  });

  it('wait for what is under way: a balance is promised once', async () => {
    const ming = await person('Ming', { phone: PHONE });
    await w.admin(`/users/${ming.uid}/points`, { amount: 15 });
    const { points: verbs } = w.core;
    const one = () => verbs.spend(ming.personId, PRICE, () => send('sms', [ming], paidBy(ming)));
    const asked = await Promise.allSettled([one(), one(), one()]);
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(asked[1]).toMatchObject({ reason: { code: 'points_used_up' } });
    expect(await verbs.canSpend(ming.personId, 5)).toBe(true);
    expect(await verbs.canSpend(ming.personId, 6)).toBe(false);
    await w.drain();
    expect(await verbs.canSpend(ming.personId, 5)).toBe(true);
    expect(await verbs.canSpend(ming.personId, 6)).toBe(false);
    expect(await points(ming.uid)).toMatchObject({ points: 5 });
    await expect(one()).rejects.toMatchObject({ code: 'points_used_up' });
  });

  it('are promised to a message that is spread and waits for its next try, and free again when it fails', async () => {
    const ming = await person('Ming', { phone: PHONE });
    await w.admin(`/users/${ming.uid}/points`, { amount: 15 });
    await w.sim('/faults', { path: '/sms', status: 503 });
    await send('sms', [ming], { ...paidBy(ming), expiresAt: new Date(w.clock.now() + 60_000) });
    await w.drain();
    expect(await w.core.points.canSpend(ming.personId, 6)).toBe(false);
    w.clock.advance(120_000);
    await w.drain();
    expect(await w.core.points.canSpend(ming.personId, 15)).toBe(true);
  });
});
