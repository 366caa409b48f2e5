/** What members say and do in the WeCom app: the same chat as with the official account, once each, in time. */
import { afterEach, describe, expect, it } from 'vitest';
import { fitReply } from '#src/wechat/replies.js';
import { WELCOME_MEMBER } from '#src/wechat/texts.js';
import {
  APP,
  type MemberDoor,
  type MemberDoorOptions,
  memberEvent,
  memberText,
  openMemberDoor,
  openMemberReply,
  shownTo,
} from './wecom-door.js';

const doors: MemberDoor[] = [];
async function open(options?: MemberDoorOptions): Promise<MemberDoor> {
  const door = await openMemberDoor(options);
  doors.push(door);
  return door;
}
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close()));
});

/** Says something and reads what is shown. */
async function say(door: MemberDoor, content: string, from = 'zhangsan'): Promise<string> {
  return shownTo(await door.push(memberText(content, { FromUserName: from })));
}

/** An app that takes commands. */
async function makeApp(door: MemberDoor, name = 'alarm'): Promise<number> {
  const { app } = await door.core.apps.createApp({ name }, null);
  await door.core.callbacks.setCallback(app.id, 'https://dev.example/hook');
  return app.id;
}

/** What apps were told. */
async function upstream(door: MemberDoor): Promise<unknown[]> {
  const events = await door.db.event.findMany({ where: { type: 'upstream.received' } });
  return events.map(({ appId, data }) => ({ appId, ...(JSON.parse(data) as object) }));
}

describe('a member', () => {
  it('is one person with one UID, however WeCom writes the id, and gets pushes by the app', async () => {
    const door = await open();
    const uid = /UID_\w+/.exec(await say(door, 'uid', 'ZhangSan'))?.[0] ?? '';
    expect(await say(door, '我的UID', 'zhangsan')).toContain(uid);
    expect(await say(door, 'uid', 'lisi')).not.toContain(uid);
    expect(await door.db.identity.findMany({ orderBy: { externalId: 'asc' } })).toMatchObject([
      { platform: 'wecom', account: APP.corpId, externalId: 'lisi', following: true },
      { platform: 'wecom', account: APP.corpId, externalId: 'zhangsan', following: true },
    ]);
    const { route } = await door.db.person.findUniqueOrThrow({ where: { uid } });
    expect(JSON.parse(route)).toEqual([{ channel: 'wecom-app', queue: 'wecom-app:server', configId: null }]);
  });

  it('is answered from the corp to the very id that wrote', async () => {
    const door = await open();
    const answer = await door.push(memberText('help', { FromUserName: 'ZhangSan' }));
    expect(answer.headers.get('content-type')).toMatch(/^text\/xml/);
    const reply = await openMemberReply(answer);
    expect([reply.get('ToUserName'), reply.get('FromUserName'), reply.get('MsgType')]).toEqual([
      'ZhangSan',
      APP.corpId,
      'text',
    ]);
    expect(reply.get('Content')).toMatch(/使用帮助/);
  });

  it('subscribes, sends commands and plain text, lists, pauses, resumes and leaves', async () => {
    const door = await open();
    const id = await makeApp(door);
    expect(await say(door, `#${id} early`)).toMatch(/还没有订阅/);
    expect(await say(door, `#${id}`)).toMatch(/订阅成功.*alarm/);
    expect(await say(door, `#${id} restart`)).toMatch(/已发送给.*alarm/);
    expect(await say(door, '直接发')).toMatch(/已发送/);
    expect(await upstream(door)).toMatchObject([
      { appId: id, content: 'restart', uid: expect.stringMatching(/^UID_/) },
      { appId: id, content: '直接发' },
    ]);
    expect(await say(door, '我的订阅')).toMatch(/alarm/);
    expect(await say(door, '暂停')).toMatch(/已暂停/);
    expect(await say(door, '恢复')).toMatch(/已恢复/);
    expect(await say(door, '密钥')).toMatch(/https:\/\/push\.example\/k\//);
    expect(await say(door, `退订 #${id}`)).toMatch(/已退订/);
  });

  it('is not told to scan codes, which lead to the official account', async () => {
    const door = await open();
    for (const words of ['hello', '我的订阅']) {
      const text = await say(door, words);
      expect(text).toMatch(/还没有订阅/);
      expect(text).not.toMatch(/二维码|code/);
    }
  });

  it.each(['image', 'voice', 'video', 'location', 'link'])(
    'is told that %s is not understood',
    async (type) => {
      const door = await open();
      const { Content: _, ...fields } = memberText('');
      expect(await shownTo(await door.push({ ...fields, MsgType: type }))).toMatch(/请发文字/);
    },
  );
});

describe('events', () => {
  it('welcome a member once, whichever comes first', async () => {
    const door = await open();
    const enter = (at: number) => door.push(memberEvent('enter_agent', { CreateTime: at }));
    expect(await shownTo(await enter(1))).toBe(WELCOME_MEMBER);
    expect(fitReply(WELCOME_MEMBER)).toBe(WELCOME_MEMBER);
    expect(await enter(2)).toMatchObject({ status: 200, text: '' });
    expect(await door.push(memberEvent('subscribe'))).toMatchObject({ status: 200, text: '' });
    const other = await door.push(memberEvent('subscribe', { FromUserName: 'lisi' }));
    expect(await shownTo(other)).toBe(WELCOME_MEMBER);
  });

  it.each([
    ['QN_HELP', /使用帮助/],
    ['QN_UID', /UID_/],
    ['QN_PAUSE', /已暂停/],
    ['a_key_of_another_menu', /使用帮助/],
  ])('do what the menu key %s says', async (key, expected) => {
    const door = await open();
    expect(await shownTo(await door.push(memberEvent('click', { EventKey: key })))).toMatch(expected);
  });

  it.each(['view', 'LOCATION', 'CLICK', 'SCAN', 'template_card_event', 'change_contact', 'toString'])(
    'of the kind %s are acknowledged with an empty body and leave nothing',
    async (event) => {
      const door = await open();
      const answer = await door.push(
        memberEvent(event, { FromUserName: 'sys', EventKey: 'https://a.example' }),
      );
      expect(answer).toMatchObject({ status: 200, text: '' });
      expect([await door.db.inbound.count(), await door.db.person.count()]).toEqual([0, 0]);
    },
  );

  it('mark who fell out of the app’s range, and who came back with the same UID', async () => {
    const door = await open();
    const uid = /UID_\w+/.exec(await say(door, 'uid'))?.[0] ?? '';
    const following = async () => (await door.db.identity.findMany()).map((row) => row.following);
    const at = (seconds: number) => ({ CreateTime: Math.floor(door.clock.now() / 1000) + seconds });
    expect(await door.push(memberEvent('unsubscribe', at(0)))).toMatchObject({ status: 200, text: '' });
    expect(await following()).toEqual([false]);
    door.clock.advance(5_000);
    await door.push(memberEvent('subscribe', at(0)));
    expect(await following()).toEqual([true]);
    expect(await say(door, 'uid')).toContain(uid);
  });
});

describe('repeats', () => {
  it('of a message are answered the same, and tell the app once', async () => {
    const door = await open();
    const id = await makeApp(door);
    await say(door, `#${id}`);
    const message = memberText(`#${id} restart`);
    const texts = await Promise.all([1, 2, 3].map(async () => shownTo(await door.push(message))));
    await door.idle();
    texts.push(await shownTo(await door.push(message)));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/已发送/);
    expect(await upstream(door)).toHaveLength(1);
  });

  it('without an id are told by who, when and what', async () => {
    const door = await open();
    const { MsgId: _, ...message } = memberText('uid');
    for (const fields of [message, message, { ...message, Content: 'help' }, { ...message, CreateTime: 2 }]) {
      await door.push(fields);
    }
    await door.push(memberEvent('click', { EventKey: 'QN_UID' }));
    await door.push(memberEvent('click', { EventKey: 'QN_UID' }));
    await door.push(memberEvent('click', { EventKey: 'QN_HELP' }));
    await door.idle();
    expect(await door.db.inbound.count()).toBe(5);
  });

  it('come where the work failed, and are worked on then', async () => {
    let isBroken = true;
    const bend: MemberDoorOptions['bend'] = (core) => ({
      ...core,
      people: {
        ...core.people,
        follow: (...input) => (isBroken ? Promise.reject(new Error('broken')) : core.people.follow(...input)),
      },
    });
    const door = await open({ bend });
    const message = memberText('help');
    expect(await door.push(message)).toMatchObject({ status: 503, text: '' });
    isBroken = false;
    expect(await shownTo(await door.push(message))).toMatch(/使用帮助/);
  });
});

it('sends a reply on its own when it is too late to answer with it', async () => {
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const door = await open({
    budgetMs: 1_500,
    bend: (core) => ({
      ...core,
      keys: { ...core.keys, createLink: (id) => held.then(() => core.keys.createLink(id)) },
    }),
  });
  expect(await door.push(memberText('密钥', { FromUserName: 'ZhangSan' }))).toMatchObject({
    status: 200,
    text: '',
  });
  letGo();
  await door.idle();
  expect(door.later).toMatchObject([{ to: 'ZhangSan', text: expect.stringMatching(/\/k\//) }]);
});
