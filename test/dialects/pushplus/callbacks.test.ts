/** The three callbacks, shape by shape, to the address of a message and to the account's own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '#test/support/http.js';
import { openWorld, type World } from '#test/support/world.js';

interface Heard {
  rendered: string;
}

let w: World;
let token: string;
let personId: number;
let spaceId: number;
beforeEach(async () => {
  w = await openWorld();
  await w.phone('Ming').follows();
  const uid = await w.phone('Ming').uid();
  personId = (await w.core.people.getByUid(uid)).personId;
  token = ((await w.admin(`/users/${uid}/keys`, { kind: 'pushplus' })).json as { key: string }).key;
  spaceId = (await w.core.spaces.getSpace(personId)).id;
});
afterEach(() => w.close());

const send = (fields: Record<string, unknown>): Promise<Answer> =>
  w.call('/send', { body: { token, content: '正文', title: 't', ...fields } });
const codeOf = (answer: Answer): string => (answer.json as { data: string }).data;

/** What a webhook has heard, oldest first. */
async function heardAt(name: string): Promise<Record<string, unknown>[]> {
  await w.drain();
  const { items } = (await w.sim(`/inboxes/webhook/${name}`)).json as { items: Heard[] };
  return items.map(({ rendered }) => JSON.parse(rendered) as Record<string, unknown>).reverse();
}

const setOwn = (name: string) =>
  w.core.callbacks.setCallback(spaceId, w.webhook(name), { style: 'pushplus', completions: true });

/** Somebody who follows, and how they join the account's space or a group. */
async function follower(name: string) {
  const phone = w.phone(name);
  await phone.follows();
  const person = await w.core.people.getByUid(await phone.uid());
  return {
    ...person,
    pseudonym: (await w.core.people.findWechatName(person.personId))?.pseudonym,
    join: (topicId: number, extra = '') =>
      w.core.subscriptions.subscribe({
        personId: person.personId,
        uid: person.uid,
        appId: spaceId,
        topicId,
        source: 'scan',
        extra,
      }),
  };
}

describe('message_complate', () => {
  it('to the address of the message, once, when it was sent', async () => {
    const shortCode = codeOf(await send({ callbackUrl: w.webhook('mine') }));
    await send({ title: 'without an address' });
    expect(await heardAt('mine')).toEqual([
      { event: 'message_complate', messageInfo: { message: '', shortCode, sendStatus: 2 } },
    ]);
  });

  it('says why nobody got it', async () => {
    const late = codeOf(await send({ timestamp: w.clock.now() - 1, callbackUrl: w.webhook('mine') }));
    await w.drain();
    await w.phone('Ming').unfollows();
    const gone = codeOf(await send({ callbackUrl: w.webhook('mine') }));
    const heard = await heardAt('mine');
    expect(heard).toHaveLength(2);
    expect(heard).toContainEqual({
      event: 'message_complate',
      messageInfo: { message: expect.stringContaining('过期'), shortCode: late, sendStatus: 3 },
    });
    expect(heard).toContainEqual({
      event: 'message_complate',
      messageInfo: { message: expect.stringContaining('没有关注'), shortCode: gone, sendStatus: 3 },
    });
  });

  it('to the account’s own address for every message, and to the message’s own beside it', async () => {
    await setOwn('account');
    const first = codeOf(await send({}));
    const second = codeOf(await send({ callbackUrl: w.webhook('mine') }));
    const codes = (heard: Record<string, unknown>[]) =>
      heard.map(({ messageInfo }) => (messageInfo as { shortCode: string }).shortCode).sort();
    expect(codes(await heardAt('account'))).toEqual([first, second].sort());
    expect(codes(await heardAt('mine'))).toEqual([second]);
  });

  it('of a group message comes once, when all have it', async () => {
    const topic = await w.core.topics.createTopic(spaceId, { name: '运维', alias: 'ops' });
    for (const name of ['Hong', 'Gang', 'Li']) {
      await (await follower(name)).join(topic.id);
    }
    const shortCode = codeOf(await send({ topic: 'ops', callbackUrl: w.webhook('mine') }));
    expect(await heardAt('mine')).toEqual([
      { event: 'message_complate', messageInfo: { message: '', shortCode, sendStatus: 2 } },
    ]);
    expect(await w.db.event.count({ where: { type: 'message.completed' } })).toBe(1);
  });

  it('of a group that nobody has joined comes too', async () => {
    await w.core.topics.createTopic(spaceId, { name: '空', alias: 'empty' });
    await send({ topic: 'empty', callbackUrl: w.webhook('mine') });
    expect(await heardAt('mine')).toHaveLength(1);
  });

  it('is neither lost nor doubled when the server stops and starts', async () => {
    const shortCode = codeOf(await send({ callbackUrl: w.webhook('mine') }));
    await w.restart();
    await w.drain();
    await w.restart();
    const again = codeOf(await send({ title: 'again', callbackUrl: w.webhook('mine') }));
    await w.restart();
    const heard = await heardAt('mine');
    expect(heard.map(({ messageInfo }) => messageInfo)).toEqual([
      { message: '', shortCode, sendStatus: 2 },
      { message: '', shortCode: again, sendStatus: 2 },
    ]);
    await w.restart();
    expect(await heardAt('mine')).toHaveLength(2);
  });

  it('comes again until its receiver takes it', async () => {
    await w.sim('/webhook/mine/answer', { status: 500, times: 1 });
    const shortCode = codeOf(await send({ callbackUrl: w.webhook('mine') }));
    expect(await heardAt('mine')).toHaveLength(1);
    w.clock.advance(10_000);
    const told = { event: 'message_complate', messageInfo: { message: '', shortCode, sendStatus: 2 } };
    expect(await heardAt('mine')).toEqual([told, told]);
    w.clock.advance(3_600_000);
    expect(await heardAt('mine')).toHaveLength(2);
  });

  it('one row is kept for each address, however many messages name it', async () => {
    await Promise.all([1, 2, 3, 4].map((n) => send({ title: `${n}`, callbackUrl: w.webhook('mine') })));
    await send({ callbackUrl: w.webhook('other') });
    expect(await w.db.callback.findMany({ where: { scope: 'message' } })).toMatchObject([
      { appId: spaceId, style: 'pushplus', url: w.webhook('mine') },
      { appId: spaceId, style: 'pushplus', url: w.webhook('other') },
    ]);
  });

  it('is of no cost where nobody listens: no event is written', async () => {
    await send({});
    await w.drain();
    expect(await w.db.event.count()).toBe(0);
  });

  it('the message’s address hears of nothing else', async () => {
    await send({ callbackUrl: w.webhook('mine') });
    await (await follower('Hong')).join(0);
    expect((await heardAt('mine')).map(({ event }) => event)).toEqual(['message_complate']);
  });
});

describe('add_friend', () => {
  it('has the parameter of the code beside the friend', async () => {
    await setOwn('account');
    const hong = await follower('Hong');
    await hong.join(0, 'order-7');
    const row = await w.db.subscription.findFirstOrThrow({ where: { appId: spaceId, topicId: 0 } });
    const friendId = Number(row.id);
    expect(await heardAt('account')).toEqual([
      {
        event: 'add_friend',
        qrCode: 'order-7',
        friendInfo: {
          token: w.core.shortCodes.encode('friend', friendId),
          friendId,
          isFollow: 1,
          nickName: '',
          havePhone: 0,
          createTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
          emailStatus: 0,
        },
      },
    ]);
  });
});

describe('add_topic_user', () => {
  it('has the group and its new user', async () => {
    await setOwn('account');
    const topic = await w.core.topics.createTopic(spaceId, { name: '运维', alias: 'ops' });
    const hong = await follower('Hong');
    await hong.join(topic.id);
    const row = await w.db.subscription.findFirstOrThrow({ where: { topicId: topic.id } });
    expect(await heardAt('account')).toEqual([
      {
        event: 'add_topic_user',
        topicUserInfo: {
          id: Number(row.id),
          openId: hong.pseudonym,
          topicId: topic.id,
          userSex: 0,
          isFollow: 1,
          nickName: '',
          havePhone: 0,
          topicCode: 'ops',
          topicName: '运维',
          headImgUrl: '',
          emailStatus: 0,
        },
      },
    ]);
  });

  it('is told of spaces alone: a WxPusher app hears nothing of its topics', async () => {
    const app = await w.app('alarm', { callbackUrl: w.webhook('wx') }).made();
    const topic = await w
      .app('alarm')
      .topic('unused')
      .catch(() => null);
    const made = topic ?? (await w.core.topics.createTopic(app.id, { name: 'ops' }));
    const hong = await follower('Hong');
    const relation = {
      personId: hong.personId,
      uid: hong.uid,
      appId: app.id,
      source: 'scan',
      extra: '',
    } as const;
    await w.core.subscriptions.subscribe({ ...relation, topicId: made.id });
    expect(await heardAt('wx')).toEqual([]);
    expect(await w.db.event.count({ where: { appId: app.id } })).toBe(0);
  });
});
