/** What is signed and strange is acknowledged: after anything else the platform tells the follower that the account is out of order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '#test/support/world.js';
import { countClaims } from './door-world.js';
import { accountShapes, memberShapes, NONSENSE, type Shape, WRITERS } from './push-shapes.js';

/** A server URL under test: which of the simulator's platforms pushes to it, in which mode. */
const DOORS = [
  { name: 'the official account in plain mode', mode: 'plain', to: 'wechat' },
  { name: 'the official account in compatible mode', mode: 'compatible', to: 'wechat' },
  { name: 'the official account in safe mode', mode: 'safe', to: 'wechat' },
  { name: 'the WeCom app', mode: 'plain', to: 'wecom' },
] as const;

interface Answered {
  status: number;
  body: string;
  tookMs: number;
}

const WAYS = Object.keys(WRITERS);
/** The encrypted modes carry the same texts; that they do is shown by a few ways to write them. */
const waysOf = (mode: string): string[] => (mode === 'plain' ? WAYS : WAYS.filter((_, at) => at % 4 === 0));

describe.each(DOORS)('at the door of $name', ({ mode, to }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld({ mode });
  });
  afterAll(() => w.close());

  const push = async (body: string | Buffer): Promise<Answered> => {
    const written = typeof body === 'string' ? { xml: body } : { base64: body.toString('base64') };
    return (await w.sim('/push', { to, ...written })).json as Answered;
  };
  const acknowledgement = to === 'wechat' ? 'success' : '';
  const shapes = (): Shape[] => {
    const nowS = Math.floor(w.clock.now() / 1000);
    return to === 'wechat' ? accountShapes('oSIMstrange1', nowS) : memberShapes('lisi', nowS);
  };

  it.each(waysOf(mode))('takes every kind of push written %s, each within a second', async (name) => {
    const refused: unknown[] = [];
    for (const shape of shapes()) {
      const answer = await push(WRITERS[name]?.(shape) ?? '');
      if (answer.status !== 200 || answer.tookMs >= 1_000) {
        refused.push({ kind: shape.Event ?? shape.MsgType ?? shape.InfoType, ...answer });
      }
    }
    expect(refused).toEqual([]);
  });

  it('has tried hundreds of shapes by then', () => {
    expect(shapes().length * waysOf(mode).length).toBeGreaterThan(300);
  });

  it.each(Object.keys(NONSENSE))(
    'acknowledges %s, says so in the log, and keeps nothing of it',
    async (name) => {
      const [before, lines] = [await countClaims(w.db), w.lines.length];
      const answer = await push(NONSENSE[name] ?? '');
      expect(answer).toMatchObject({ status: 200, body: acknowledgement });
      expect(answer.tookMs).toBeLessThan(1_000);
      expect(await countClaims(w.db)).toBe(before);
      const log = w.lines.slice(lines).filter((line) => line.includes('not understood'));
      expect(log).toHaveLength(1);
      const { time: _, requestId: __, ...fields } = JSON.parse(log[0] ?? '');
      expect(JSON.stringify(fields)).not.toMatch(/help|hello|502/);
    },
  );

  it('refuses a second sender in one push, which only a forger writes', async () => {
    const [sender, other] = to === 'wechat' ? ['oSIMstrange1', 'oSIMvictim'] : ['lisi', 'wangwu'];
    const xml = `<xml><FromUserName>${sender}</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>keys</Content>`;
    for (const body of [
      `${xml}<FromUserName>${other}</FromUserName></xml>`,
      `${xml}<Content>keys</Content></xml>`,
      `{"FromUserName":"${sender}","MsgType":"text","Content":"keys","FromUser\\u004eame":"${other}"}`,
      `<!DOCTYPE xml [<!ENTITY who "${other}">]>${xml.replace(sender ?? '', '&who;')}</xml>`,
    ]) {
      expect(await push(body)).toMatchObject({ status: 400, body: '' });
    }
  });
});

describe('what is odd about a push changes nothing of what it says', () => {
  let w: World;
  beforeAll(async () => {
    // Answers can be read in this mode alone.
    w = await openWorld({ mode: 'plain' });
  });
  afterAll(() => w.close());

  it('space around names and ids does not', async () => {
    const openid = await w.phone('Ming').openid();
    const xml = `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName> <![CDATA[${openid}]]> </FromUserName><CreateTime>1348831860</CreateTime><MsgType> <![CDATA[event]]> </MsgType><Event> <![CDATA[ CLICK ]]> </Event><EventKey> <![CDATA[QN_HELP]]> </EventKey></xml>`;
    expect((await w.sim('/push', { to: 'wechat', xml })).text).toContain('使用帮助');
  });

  it.each([
    'if(a[b[0]]>1 && c<2)',
    ']]>',
    ']]>]]>',
    'a]]></Content> b',
    ']]></Content><b>bold</b>',
    ']]><![CDATA[',
    'x]]',
    '<![CDATA[y]]>',
    '&lt;&#65; 中文 🐦',
  ])('a text with %s in it reaches the program as it was written', async (text) => {
    const hook = `dev${text.length}`;
    const app = await w.app('code', { callbackUrl: w.webhook(hook) }).made();
    await w.phone('Hong').scans(app.qrcodeUrl);
    (await w.phone('Hong').says(`#${app.id} ${text}`)).seesReply(/已发送/);
    await w.drain();
    const { items } = (await w.sim(`/inboxes/webhook/${hook}`)).json as {
      items: { request: { body: string } }[];
    };
    expect(items.map(({ request }) => JSON.parse(request.body).data.content)).toContain(text);
  });

  it('a text that tries to be a field stays a text', async () => {
    const said = await w
      .phone('Hong')
      .says(']]></Content><Event><![CDATA[unsubscribe]]></Event><Content><![CDATA[x');
    expect(said.reply).toBeNull();
    (await w.phone('Hong').says('uid')).seesReply(/UID_/);
  });
});

it('events without a sender and about people are acknowledged at the first try', async () => {
  const w = await openWorld();
  for (const event of ['kf_msg_or_event', 'kf_account_auth_change']) {
    expect((await w.sim('/wecom/events', { event })).json).toMatchObject({ body: '', tries: 1 });
  }
  await w.phone('Ming').follows();
  const openid = await w.phone('Ming').openid();
  for (const event of ['user_authorization_revoke', 'user_authorization_cancellation', 'kf_create_session']) {
    const { json } = await w.sim(`/followers/${openid}/events`, { event });
    expect(json).toMatchObject({ event, reply: null, tries: 1 });
    expect(json).not.toHaveProperty('problem');
  }
  await w.close();
});

it('a push beyond the bounds is refused before it is read', async () => {
  const w = await openWorld();
  const answer = await w.sim('/push', {
    to: 'wechat',
    xml: `<xml><Content>${'x'.repeat(500_000)}</Content></xml>`,
  });
  expect(answer.json).toMatchObject({ status: 413, body: '' });
  await w.close();
});
