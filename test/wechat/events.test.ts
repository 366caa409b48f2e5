/** What followers do without words: come, scan, tap, leave, and send what is no text. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countClaims, type DoorWorld, eventOf, openDoor, shown, textOf } from './door-world.js';

let door: DoorWorld;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

let people = 0;

/** A person whose pushes all differ by the second. */
function person() {
  people += 1;
  const openid = `oPerson${people}`;
  const push = async (fields: Parameters<DoorWorld['push']>[0]) => {
    door.clock.advance(1_000);
    const CreateTime = Math.floor(door.clock.now() / 1000);
    return shown(await door.push({ ...fields, FromUserName: openid, CreateTime }));
  };
  return {
    openid,
    does: (event: string, own = {}) => push(eventOf(event, own)),
    sends: (own: object) => push(textOf('', { MsgType: 'text', ...own })),
    row: () => door.db.identity.findFirst({ where: { externalId: openid }, include: { person: true } }),
    relations: async () => {
      const row = await door.db.identity.findFirst({ where: { externalId: openid } });
      return door.db.subscription.findMany({ where: { personId: row?.personId ?? 0n } });
    },
  };
}

describe('scanning', () => {
  it('follows, subscribes and greets at once, and tells the app who came with which parameter', async () => {
    const app = await door.makeApp('scan', { followTip: '你好' });
    const code = await door.core.qrcodes.createParameterised({
      appId: app.id,
      extra: '订单 7',
      validSeconds: 60,
    });
    const one = person();
    expect(await one.does('subscribe', { EventKey: `qrscene_${code.scene}`, Ticket: 't' })).toMatch(
      new RegExp(`订阅成功：「scan」\\(#${app.id}\\).*你好.*帮助`, 's'),
    );
    const row = await one.row();
    expect(row?.following).toBe(true);
    expect(await door.core.qrcodes.getByCode(code.code)).toMatchObject({ lastUid: row?.person.uid });
    const events = await door.db.event.findMany({ where: { appId: app.id } });
    expect(events.map((event) => [event.type, JSON.parse(event.data)])).toEqual([
      ['subscription.created', { uid: row?.person.uid, source: 'scan', extra: '订单 7', topicId: 0 }],
    ]);
  });

  it("shows the longest tip of an app's own whole", async () => {
    const app = await door.makeApp('long', { followTip: '提'.repeat(600) });
    const { scene } = await door.core.qrcodes.getDefault(app.id);
    expect(await person().does('subscribe', { EventKey: `qrscene_${scene}` })).toContain('提'.repeat(600));
  });

  it('brings a follower to several apps over time, each once', async () => {
    const [first, second] = [await door.makeApp('first'), await door.makeApp('second')];
    const one = person();
    await one.does('subscribe', { EventKey: '' });
    for (const app of [first, second]) {
      const { scene } = await door.core.qrcodes.getDefault(app.id);
      expect(await one.does('SCAN', { EventKey: scene })).toMatch(/订阅成功/);
      expect(await one.does('SCAN', { EventKey: scene })).toMatch(/已经订阅过/);
    }
    expect((await one.relations()).map((relation) => relation.appId)).toEqual([first.id, second.id]);
  });

  it("a topic's code makes no app relation and no event", async () => {
    const app = await door.makeApp('news');
    const topic = await door.core.topics.createTopic(app.id, { name: 'daily' });
    const { scene } = await door.core.qrcodes.getDefault(app.id, topic.id);
    const one = person();
    expect(await one.does('SCAN', { EventKey: scene })).toMatch(/「news」.*主题「daily」/s);
    expect((await one.relations()).map((relation) => relation.topicId)).toEqual([topic.id]);
    expect(await door.db.event.count({ where: { appId: app.id } })).toBe(0);
    await door.core.topics.deleteTopic(app.id, topic.id);
    expect(await one.does('SCAN', { EventKey: scene })).toMatch(/已过期/);
  });

  it.each([
    [
      'expired',
      async () => {
        const app = await door.makeApp('short');
        const code = await door.core.qrcodes.createParameterised({
          appId: app.id,
          extra: 'x',
          validSeconds: 1,
        });
        door.clock.advance(1_000);
        return code.scene;
      },
    ],
    ['unknown', async () => 'nobodyKnowsThis'],
    ['hostile', async () => "x' OR 1=1 --"],
    ['over-long', async () => 'x'.repeat(5_000)],
    [
      'of an app that is gone',
      async () => {
        const app = await door.makeApp('gone');
        const { scene } = await door.core.qrcodes.getDefault(app.id);
        await door.core.qrcodes.findByScene(scene);
        await door.core.apps.deleteApp(app.id);
        return scene;
      },
    ],
  ])('a scene that is %s follows, subscribes to nothing and says so', async (_what, makeScene) => {
    const one = person();
    const scene = await makeScene();
    expect(await one.does('subscribe', { EventKey: `qrscene_${scene}` })).toMatch(/二维码已过期/);
    expect((await one.row())?.following).toBe(true);
    expect(await one.relations()).toEqual([]);
  });

  it('tells blocked people politely and keeps them out', async () => {
    const app = await door.makeApp('strict');
    const { scene } = await door.core.qrcodes.getDefault(app.id);
    const one = person();
    await one.does('SCAN', { EventKey: scene });
    await door.db.subscription.updateMany({ where: { appId: app.id }, data: { blocked: true } });
    expect(await one.does('SCAN', { EventKey: scene })).toMatch(/抱歉/);
    expect((await one.relations())[0]?.blocked).toBe(true);
  });
});

describe('coming and leaving', () => {
  it.each(['', 'last_trade_no_4200', undefined])(
    'a plain follow (EventKey %j) is welcomed and subscribed to nothing',
    async (key) => {
      const one = person();
      expect(await one.does('subscribe', key === undefined ? {} : { EventKey: key })).toMatch(
        /欢迎关注.*使用帮助/s,
      );
      expect(await one.relations()).toEqual([]);
    },
  );

  it('leaving ends the following, keeps the UID and shows nothing', async () => {
    const one = person();
    await one.does('subscribe');
    const before = await one.row();
    expect(await one.does('unsubscribe', { EventKey: '' })).toBe('');
    expect(await one.row()).toMatchObject({ following: false, personId: before?.personId });
    await one.does('subscribe');
    expect(await one.row()).toMatchObject({ following: true, personId: before?.personId });
  });

  it('pushes that overtake each other end as the person did', async () => {
    const one = person();
    const at = Math.floor(door.clock.now() / 1000);
    const comes = (event: string, second: number) =>
      door.push(eventOf(event, { FromUserName: one.openid, CreateTime: at + second }));
    door.clock.advance(60_000);
    await comes('subscribe', 0);
    await comes('subscribe', 2);
    await comes('unsubscribe', 1);
    expect(await one.row()).toMatchObject({ following: true });
    await comes('unsubscribe', 4);
    await door.push(textOf('help', { FromUserName: one.openid, CreateTime: at + 3 }));
    expect(await one.row()).toMatchObject({ following: false });
    await comes('subscribe', 4);
    expect(await one.row()).toMatchObject({ following: true });
  });

  it('a person whom the server never saw leaves without a trace', async () => {
    const one = person();
    expect(await one.does('unsubscribe')).toBe('');
    expect(await one.row()).toBeNull();
  });

  it('a follower from before this server existed is known from the first message on', async () => {
    const one = person();
    expect(await one.sends({ Content: 'uid' })).toMatch(/UID_/);
    expect((await one.row())?.following).toBe(true);
  });
});

describe('taps and other events', () => {
  it.each([
    ['QN_HELP', /使用帮助/],
    ['QN_UID', /UID_/],
    ['QN_SUBS', /还没有订阅/],
    ['QN_PAUSE', /已暂停/],
    ['QN_RESUME', /已恢复/],
    ['QN_CANCEL', /使用帮助/],
    ['OLD_MENU', /使用帮助/],
  ])('tapping %s does what the word does', async (key, expected) => {
    expect(await person().does('CLICK', { EventKey: key })).toMatch(expected);
  });

  it.each(['VIEW', 'LOCATION', 'view_miniprogram', 'subscribe_msg_popup_event', 'toString', ''])(
    'the event %j is taken and forgotten',
    async (event) => {
      const before = await countClaims(door.db);
      expect(await person().does(event, { EventKey: 'https://push.example/' })).toBe('');
      expect(await countClaims(door.db)).toBe(before);
    },
  );

  it('keeps how template messages ended, also several within a second', async () => {
    const ends = [
      ['3662956322040938501', 'success'],
      ['3662956322040938502', 'failed:user block'],
      ['3662956322040938503', 'failed: system failed'],
      ['3662956322040938501', 'success'],
      ['not a number', 'success'],
    ];
    const answers = await Promise.all(
      ends.map(([MsgID = '', Status = '']) => door.push(eventOf('TEMPLATESENDJOBFINISH', { MsgID, Status }))),
    );
    expect(answers.map((answer) => answer.text)).toEqual(ends.map(() => 'success'));
    const rows = await door.db.receipt.findMany({ orderBy: { ref: 'asc' } });
    expect(rows.map(({ ref, status }) => [ref, status])).toEqual([
      ['3662956322040938501', 'confirmed'],
      ['3662956322040938502', 'failed:user block'],
      ['3662956322040938503', 'failed: system failed'],
    ]);
  });
});

describe('messages that are no text', () => {
  it.each([
    [{ MsgType: 'image', PicUrl: 'https://p.example/1', MediaId: 'm' }, /图片/],
    [{ MsgType: 'voice', MediaId: 'm', Format: 'amr', Recognition: '' }, /语音/],
    [{ MsgType: 'video', MediaId: 'm' }, /视频/],
    [{ MsgType: 'location', Location_X: '1', Location_Y: '2' }, /位置/],
    [{ MsgType: 'link', Url: 'https://p.example' }, /链接/],
    [{ MsgType: 'file', Title: 'a.pdf' }, /文件/],
    [{ MsgType: 'hologram' }, /这种消息/],
    [{ MsgType: 'text', Content: ' ' }, /没有收到文字/],
  ])('%j is told that only text is understood', async (own, expected) => {
    expect(await person().sends(own)).toMatch(expected);
  });

  it('speech that WeChat recognised is a text', async () => {
    expect(await person().sends({ MsgType: 'voice', MediaId: 'm', Recognition: '帮助。' })).toMatch(
      /使用帮助/,
    );
  });
});
