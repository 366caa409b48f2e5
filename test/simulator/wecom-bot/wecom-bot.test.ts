/** The WeCom group robots over real HTTP: every refusal, the limit, and what a person sees. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ask, itemsOf, openSim, type SimWorld } from '../sim-world.js';
import { refusalText } from '../wecom/wecom-world.js';

const TEXT = { msgtype: 'text', text: { content: '告警 disk full' } };
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);

interface Sent {
  body?: unknown;
  raw?: string;
  key?: string;
  method?: string;
  path?: string;
}

function send(
  sim: SimWorld,
  { body = TEXT, raw, key = 'sim-bot', method = 'POST', path = 'send' }: Sent = {},
) {
  const content = method === 'POST' ? (raw ?? JSON.stringify(body)) : undefined;
  return ask(`${sim.base}/wecom/cgi-bin/webhook/${path}?key=${key}`, { method, body: content });
}

async function inbox(sim: SimWorld) {
  return itemsOf(await sim.api('GET', '/inboxes/wecom-bot'));
}

function image(bytes: Buffer, md5 = createHash('md5').update(bytes).digest('hex')) {
  return { msgtype: 'image', image: { base64: bytes.toString('base64'), md5 } };
}

it('answers compactly and keeps the exact bytes that came, apart from the apps’ inbox', async () => {
  const sim = await openSim();
  const answer = await send(sim);
  expect([answer.status, answer.text]).toEqual([200, '{"errcode":0,"errmsg":"ok"}']);
  expect(await inbox(sim)).toMatchObject([
    {
      to: 'sim-bot',
      at: sim.now(),
      rendered: '告警 disk full',
      request: {
        method: 'POST',
        path: '/wecom/cgi-bin/webhook/send?key=sim-bot',
        body: JSON.stringify(TEXT),
      },
    },
  ]);
  expect(itemsOf(await sim.api('GET', '/inboxes/wecom'))).toEqual([]);
});

describe('a call is refused', () => {
  it.each<[string, Sent, number, string?]>([
    ['for an unknown key', { key: 'other' }, 93000, '^invalid webhook url'],
    ['without a key', { key: '' }, 93000, '^invalid webhook url'],
    ['as a GET', { method: 'GET' }, 43002],
    ['at another path', { path: 'sent' }, 40066],
    ['without a body', { raw: '' }, 40058],
    ['with a body that is no JSON', { raw: 'x' }, 40058],
    ['without a kind', { body: { text: { content: 'x' } } }, 40008],
    ['of an unknown kind', { body: { msgtype: 'textcard', textcard: {} } }, 40008],
    ['with an empty text', { body: { msgtype: 'text', text: { content: '' } } }, 44004],
    ['with a text of a wrong type', { body: { msgtype: 'text', text: { content: {} } } }, 44004],
    [
      'with a text over 2048 bytes',
      { body: { msgtype: 'text', text: { content: '字'.repeat(683) } } },
      40058,
      'text.content exceed max length 2048',
    ],
    [
      'with a markdown over 4096 bytes',
      { body: { msgtype: 'markdown', markdown: { content: 'x'.repeat(4_097) } } },
      40058,
      'markdown.content exceed max length 4096. invalid Request Parameter',
    ],
    [
      'with a newer markdown over 4096 bytes',
      { body: { msgtype: 'markdown_v2', markdown_v2: { content: 'x'.repeat(4_097) } } },
      40058,
      'markdown_v2.content',
    ],
    ['with something that is no picture', { body: image(Buffer.from('GIF89a')) }, 40058, 'image.base64'],
    [
      'with a picture over 2 MB',
      { body: image(Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)])) },
      40058,
      'image.base64',
    ],
    ['with a wrong sum of the picture', { body: image(PNG, 'x') }, 40058, 'image.md5'],
    ['with a body over 4 MB', { raw: 'x'.repeat(4 * 1024 * 1024 + 1) }, 45002],
    ['with no article', { body: { msgtype: 'news', news: { articles: [] } } }, 40058, 'news.articles'],
    [
      'with an article without a title',
      { body: { msgtype: 'news', news: { articles: [{ url: 'https://a/' }] } } },
      40058,
      'title',
    ],
    [
      'with an article without an address',
      { body: { msgtype: 'news', news: { articles: [{ title: 'x' }] } } },
      40058,
      'url',
    ],
    ['with an unknown file', { body: { msgtype: 'file', file: { media_id: 'x' } } }, 40007],
    [
      'with a card that wants clicks',
      { body: { msgtype: 'template_card', template_card: { card_type: 'vote_interaction' } } },
      40058,
      'card_type',
    ],
    [
      'with a card that leads nowhere',
      {
        body: { msgtype: 'template_card', template_card: { card_type: 'text_notice', sub_title_text: 'x' } },
      },
      40058,
      'card_action',
    ],
  ])('%s', async (_name, sent, errcode, words) => {
    const sim = await openSim();
    const { status, body } = await send(sim, sent);
    expect([status, body]).toEqual([
      200,
      { errcode, errmsg: expect.stringMatching(refusalText(sim, errcode, words)) },
    ]);
    expect(await inbox(sim)).toEqual([]);
  });

  it('by an injected number in the platform’s own form', async () => {
    const sim = await openSim();
    await sim.api('POST', '/faults', { path: '/wecom/cgi-bin/webhook/send', errcode: -1, count: 1 });
    expect((await send(sim)).body).toEqual({
      errcode: -1,
      errmsg: expect.stringMatching(refusalText(sim, -1, 'system busy')),
    });
    expect((await sim.api('GET', '/stats')).body.calls).toMatchObject({
      '/wecom/cgi-bin/webhook/send': { count: 1, errors: 1 },
    });
  });
});

it('takes twenty a minute for each robot once the limits are on', async () => {
  const sim = await openSim();
  await sim.api('POST', '/quota', { on: true });
  for (let call = 0; call < 20; call += 1) {
    expect((await send(sim)).body.errcode).toBe(0);
  }
  expect((await send(sim)).body).toEqual({
    errcode: 45009,
    errmsg: expect.stringMatching(/^api freq out of limit/),
  });
  expect((await send(sim, { key: 'sim-other' })).body.errcode).toBe(0);
  sim.advance(60_000);
  expect((await send(sim)).body.errcode).toBe(0);
  await sim.api('POST', '/quota', { on: false });
  for (let call = 0; call < 25; call += 1) {
    expect((await send(sim)).body.errcode).toBe(0);
  }
});

it.each([
  [
    {
      msgtype: 'text',
      text: { content: '看', mentioned_list: ['@all', 'lisi'], mentioned_mobile_list: ['13800000000'] },
    },
    { rendered: '看\n@所有人 @lisi @13800000000' },
  ],
  [
    { msgtype: 'markdown', markdown: { content: '## 题\n<font color="info">绿</font> [看](https://a/x)' } },
    { rendered: '题\n绿 看', url: 'https://a/x' },
  ],
  [image(PNG), { rendered: '[图片]' }],
  [
    { msgtype: 'news', news: { articles: [{ title: '题', description: '述', url: 'https://a/x' }] } },
    { rendered: '题\n述', url: 'https://a/x' },
  ],
  [
    {
      msgtype: 'template_card',
      template_card: {
        card_type: 'text_notice',
        main_title: { title: '题' },
        card_action: { type: 1, url: 'https://a/x' },
      },
    },
    { rendered: '题', url: 'https://a/x' },
  ],
])('shows %j as a person sees it', async (body, look) => {
  const sim = await openSim();
  expect((await send(sim, { body })).body.errcode).toBe(0);
  expect(await inbox(sim)).toMatchObject([look]);
});

it('sends a file that was uploaded with the robot’s key', async () => {
  const sim = await openSim();
  const form = new FormData();
  form.append('media', new Blob(['123456']), 'a.log');
  const address = `${sim.base}/wecom/cgi-bin/webhook/upload_media?key=sim-bot&type=file`;
  const { body } = await ask(address, { method: 'POST', body: form });
  expect(body).toMatchObject({ errcode: 0, errmsg: 'ok', type: 'file' });
  await send(sim, { body: { msgtype: 'file', file: { media_id: body.media_id } } });
  expect(await inbox(sim)).toMatchObject([{ rendered: '[文件] a.log' }]);
});
