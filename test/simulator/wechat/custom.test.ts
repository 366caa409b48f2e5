/** Customer-service messages: what they may hold, and when they may be sent. */
import { describe, expect, it } from 'vitest';
import { itemsOf, openSim, type SimWorld } from '../sim-world.js';

const SEND = '/cgi-bin/message/custom/send';
const HOUR = 3_600_000;

function send(
  sim: SimWorld,
  touser: string,
  body: Record<string, unknown> = { msgtype: 'text', text: { content: '在' } },
) {
  return sim.wx(SEND, { body: { touser, ...body } });
}

async function codesOf(sim: SimWorld, openid: string, count: number): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (let round = 0; round < count; round += 1) {
    codes.push((await send(sim, openid)).body.errcode);
  }
  return codes;
}

describe('the content', () => {
  it.each([
    [
      'text',
      { msgtype: 'text', text: { content: '看 <a href="http://a/1">这里</a>' } },
      { kind: 'text', url: 'http://a/1', rendered: '看 这里' },
    ],
    [
      'a bare link',
      { msgtype: 'text', text: { content: '看 http://a/2。' } },
      { kind: 'text', url: 'http://a/2' },
    ],
    ['text of 2048 bytes', { msgtype: 'text', text: { content: 'x'.repeat(2048) } }, { kind: 'text' }],
    ['an image', { msgtype: 'image', image: { media_id: 'm' } }, { kind: 'image' }],
    ['a voice', { msgtype: 'voice', voice: { media_id: 'm' } }, { kind: 'voice' }],
    [
      'a video',
      { msgtype: 'video', video: { media_id: 'm', thumb_media_id: 't', title: '片' } },
      { kind: 'video' },
    ],
    [
      'music',
      { msgtype: 'music', music: { thumb_media_id: 't', musicurl: 'http://a/m' } },
      { kind: 'music', url: 'http://a/m' },
    ],
    [
      'one article',
      {
        msgtype: 'news',
        news: { articles: [{ title: '一', description: '二', url: 'http://a/3', picurl: 'http://a/p' }] },
      },
      {
        kind: 'news',
        url: 'http://a/3',
        rendered: '一\n二',
        articles: [{ title: '一', description: '二', url: 'http://a/3', picUrl: 'http://a/p' }],
      },
    ],
    [
      'an article of the account',
      { msgtype: 'mpnewsarticle', mpnewsarticle: { article_id: 'a' } },
      { kind: 'mpnewsarticle' },
    ],
    [
      'a choice',
      { msgtype: 'msgmenu', msgmenu: { head_content: '好吗', list: [{ id: '1', content: '好' }] } },
      { kind: 'msgmenu', rendered: '好吗\n· 好' },
    ],
    [
      'a mini program',
      { msgtype: 'miniprogrampage', miniprogrampage: { appid: 'wx1', title: '页' } },
      { kind: 'miniprogrampage' },
    ],
  ])('can be %s', async (_name, body, shown) => {
    const sim = await openSim();
    const openid = await sim.person();
    expect((await send(sim, openid, body)).body).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(itemsOf(await sim.api('GET', `/followers/${openid}/inbox`))).toMatchObject([shown]);
  });

  it.each([
    ['of an unknown kind', { msgtype: 'telegram', telegram: {} }, 40008],
    ['of an inherited kind', { msgtype: 'constructor', constructor: {} }, 40008],
    ['of no kind', {}, 40008],
    ['without its part', { msgtype: 'text' }, 47001],
    ['with empty text', { msgtype: 'text', text: { content: '' } }, 44004],
    ['with text that is none', { msgtype: 'text', text: { content: 5 } }, 47001],
    ['with 2049 bytes of text', { msgtype: 'text', text: { content: `${'字'.repeat(682)}xyz` } }, 45002],
    ['with two articles', { msgtype: 'news', news: { articles: [{ title: '一' }, { title: '二' }] } }, 45008],
    ['with no article', { msgtype: 'news', news: { articles: [] } }, 44003],
    ['without a medium', { msgtype: 'image', image: {} }, 40007],
    ['with an empty choice', { msgtype: 'msgmenu', msgmenu: { list: [] } }, 47001],
  ])('is refused %s', async (_name, body, errcode) => {
    const sim = await openSim();
    expect((await send(sim, await sim.person(), body)).body.errcode).toBe(errcode);
  });

  it('is refused to nobody, to people who block, with GET, and to a subscription account', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    expect((await send(sim, 'x')).body.errcode).toBe(40003);
    await sim.api('POST', `/followers/${openid}/block`, {});
    expect((await send(sim, openid)).body.errcode).toBe(48002);
    expect((await sim.wx(SEND)).body.errcode).toBe(43002);
    await sim.api('POST', '/account', { kind: 'subscription' });
    expect((await send(sim, openid)).body.errcode).toBe(48001);
  });
});

describe('the windows', () => {
  it('are closed to people who did nothing, and to people who left', async () => {
    const sim = await openSim();
    const stranger = await sim.person({ following: false });
    expect((await send(sim, stranger)).body).toMatchObject({
      errcode: 45015,
      errmsg: expect.stringMatching(/^response out of time limit or subscription is canceled rid: /),
    });
    const openid = await sim.person();
    await sim.api('POST', `/followers/${openid}/messages`, { content: '在吗' });
    await sim.api('POST', `/followers/${openid}/unfollow`, {});
    expect((await send(sim, openid)).body.errcode).toBe(45015);
  });

  it('allow five messages in two days after a message', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    sim.advance(60_000);
    await sim.api('POST', `/followers/${openid}/messages`, { content: '在吗' });
    sim.advance(48 * HOUR - 1);
    expect(await codesOf(sim, openid, 6)).toEqual([0, 0, 0, 0, 0, 45047]);
    await sim.api('POST', `/followers/${openid}/messages`, { content: '在吗' });
    expect(await codesOf(sim, openid, 1)).toEqual([0]);
    sim.advance(48 * HOUR);
    expect(await codesOf(sim, openid, 1)).toEqual([45015]);
  });

  it.each([
    ['following', async () => undefined],
    [
      'a menu tap',
      (sim: SimWorld, openid: string) => sim.api('POST', `/followers/${openid}/menu`, { key: 'K' }),
    ],
    [
      'a scan',
      async (sim: SimWorld, openid: string) => {
        const action = { action_name: 'QR_LIMIT_STR_SCENE', action_info: { scene: { scene_str: 'a' } } };
        const { body } = await sim.wx('/cgi-bin/qrcode/create', { body: action });
        await sim.api('POST', `/followers/${openid}/scan`, { ticket: body.ticket });
      },
    ],
  ])('allow three messages in a minute after %s', async (name, act) => {
    const sim = await openSim();
    const openid = await sim.person();
    if (name !== 'following') {
      sim.advance(60_000);
      await act(sim, openid);
    }
    sim.advance(59_999);
    expect(await codesOf(sim, openid, 4)).toEqual([0, 0, 0, 45047]);
    sim.advance(1);
    expect(await codesOf(sim, openid, 1)).toEqual([45015]);
  });

  it('count no messages where the count is switched off, so that load can be tried, until a reset', async () => {
    const sim = await openSim();
    const openid = await sim.person();
    await sim.api('POST', '/account', { countsCustomMessages: false });
    expect(await codesOf(sim, openid, 10)).toEqual(Array(10).fill(0));
    await sim.api('POST', '/reset', {});
    // The token is gone, too.
    sim.advance(1);
    expect(await codesOf(sim, await sim.person(), 4)).toEqual([0, 0, 0, 45047]);
  });
});
