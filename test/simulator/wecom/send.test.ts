/** Sending app messages: receivers, refusals, silent cuts, and what each kind looks like. */
import { describe, expect, it } from 'vitest';
import { simulatedWecom } from '#src/simulator/index.js';
import { openSim } from '../sim-world.js';
import { refusalText, send, talkOf, textTo, wecom, wecomInbox } from './wecom-world.js';

const { agentId, narrowAgentId, narrowSecret } = simulatedWecom;

/** A message of a kind. */
function kind(msgtype: string, part: unknown): Record<string, unknown> {
  return textTo('lisi', { msgtype, text: undefined, [msgtype]: part });
}

const CARD = { title: '题', description: '述', url: 'https://a.example/x' };
const ARTICLE = { title: '题', url: 'https://a.example/x' };
const NOTICE = {
  card_type: 'text_notice',
  main_title: { title: '题' },
  card_action: { type: 1, url: 'https://a.example/x' },
};
const BUTTONS = {
  card_type: 'button_interaction',
  main_title: { title: '题' },
  task_id: 't-1',
  button_list: [{ text: '好', key: 'ok' }],
};
const many = (count: number, item: unknown = {}) => Array.from({ length: count }, () => item);

describe('a message', () => {
  it('arrives with the exact bytes that came, and answers with a long id that is no number', async () => {
    const sim = await openSim();
    const message = textTo('zhangsan|LISI');
    const { text, body } = await send(sim, message);
    expect(text).toMatch(/^\{"errcode":0,"errmsg":"ok","msgid":"[A-Za-z0-9]{40,}"\}$/);
    expect(await wecomInbox(sim)).toMatchObject([
      {
        at: sim.now(),
        to: 'zhangsan|lisi',
        rendered: '你好',
        msgid: body.msgid,
        request: {
          method: 'POST',
          body: JSON.stringify(message),
          path: expect.stringContaining('/cgi-bin/message/send?access_token='),
        },
      },
    ]);
    expect(await talkOf(sim, 'lisi')).toMatchObject([{ kind: 'text', rendered: '你好', inWechat: '你好' }]);
    expect(await talkOf(sim, 'wangwu')).toEqual([]);
  });

  it.each([
    [{ touser: '@all' }, 'zhangsan|lisi|wangwu'],
    [{ touser: '@all', toparty: '99', totag: '99' }, 'zhangsan|lisi|wangwu'],
    [{ touser: undefined, toparty: '1' }, 'zhangsan|lisi|wangwu'],
    [{ touser: undefined, toparty: '3' }, 'wangwu'],
    [{ touser: undefined, totag: '1' }, 'lisi|wangwu'],
    [{ touser: 'lisi', toparty: '2' }, 'lisi|wangwu'],
    [{ touser: 'lisi|lisi' }, 'lisi'],
  ])('to %j reaches each once', async (changes, to) => {
    const sim = await openSim();
    expect((await send(sim, textTo('', changes))).body).toEqual({
      errcode: 0,
      errmsg: 'ok',
      msgid: expect.any(String),
    });
    expect(await wecomInbox(sim)).toMatchObject([{ to }]);
  });

  it('names those who are not there in lower case and reaches the others', async () => {
    const sim = await openSim();
    const changes = { toparty: '3|77', totag: '1|88' };
    const { body } = await send(sim, textTo('zhangsan|NoBody|Ghost', changes));
    expect(body).toMatchObject({
      errcode: 0,
      errmsg: 'ok',
      invaliduser: 'nobody|ghost',
      invalidparty: '77',
      invalidtag: '88',
    });
    expect(await wecomInbox(sim)).toMatchObject([{ to: 'zhangsan|wangwu|lisi' }]);
  });

  it('goes only to members whom the app sees', async () => {
    const sim = await openSim();
    const asked = { secret: narrowSecret };
    const narrow = (touser: string) => send(sim, textTo(touser, { agentid: narrowAgentId }), asked);
    expect((await narrow('zhangsan|wangwu')).body).toMatchObject({ errcode: 0, invaliduser: 'zhangsan' });
    expect((await narrow('zhangsan')).body.errcode).toBe(81013);
    await narrow('@all');
    expect((await wecomInbox(sim)).map(({ to }) => to)).toEqual(['wangwu', 'wangwu']);
  });

  it('names members without a licence, who get nothing', async () => {
    const sim = await openSim();
    await sim.api('POST', '/wecom/members', { userid: 'lisi', isLicensed: false });
    expect((await send(sim, textTo('lisi|wangwu'))).body).toMatchObject({
      errcode: 0,
      unlicenseduser: 'lisi',
    });
    expect((await send(sim, textTo('lisi'))).body).toMatchObject({ errcode: 0, unlicenseduser: 'lisi' });
    expect(await talkOf(sim, 'lisi')).toEqual([]);
    expect(await wecomInbox(sim)).toHaveLength(1);
  });

  it('reaches a member who was added, until the member leaves', async () => {
    const sim = await openSim();
    expect(
      (await sim.api('POST', '/wecom/members', { userid: 'Zhao.Liu', name: '赵六', department: [2] })).status,
    ).toBe(201);
    expect((await send(sim, textTo('zhao.liu'))).body.invaliduser).toBeUndefined();
    await sim.api('DELETE', '/wecom/members/zhao.liu');
    expect((await send(sim, textTo('zhao.liu'))).body.errcode).toBe(81013);
  });
});

describe('a message is refused', () => {
  it.each<[string, Record<string, unknown>, number, string?]>([
    ['without an app', textTo('lisi', { agentid: undefined }), 41011],
    ['for an unknown app', textTo('lisi', { agentid: 1_000_009 }), 40056],
    ['for another app than the token’s', textTo('lisi', { agentid: narrowAgentId }), 301002],
    ['without a receiver', textTo(''), 40058, 'touser'],
    ['when nobody named is there', textTo('ghost', { toparty: '77', totag: '88' }), 81013],
    ['with over 1000 members', textTo(many(1_001, 'lisi').join('|')), 40032],
    ['with a member id over 64 bytes', textTo(`lisi|${'x'.repeat(65)}`), 40031],
    ['with over 100 departments', textTo('lisi', { toparty: many(101, 1).join('|') }), 82002],
    ['with over 100 tags', textTo('lisi', { totag: many(101, 1).join('|') }), 82003],
    ['without a kind', textTo('lisi', { msgtype: undefined }), 40008],
    ['of an unknown kind', kind('html', { content: 'x' }), 40008],
    ['without the part of its kind', textTo('lisi', { text: undefined }), 44004],
    ['with an empty text', kind('text', { content: ' ' }), 44004],
    ['with an empty markdown', kind('markdown', { content: '' }), 44004],
    [
      'with a markdown over 2048 bytes',
      kind('markdown', { content: '字'.repeat(683) }),
      40058,
      'markdown.content exceed max length 2048',
    ],
    ['with a card without a title', kind('textcard', { ...CARD, title: '' }), 41016],
    ['with a card without a description', kind('textcard', { ...CARD, description: undefined }), 41033],
    ['with a card without an address', kind('textcard', { ...CARD, url: undefined }), 40058, 'textcard.url'],
    [
      'with a card to no web address',
      kind('textcard', { ...CARD, url: 'a.example/x' }),
      40058,
      'textcard.url',
    ],
    [
      'with a card to an address over 2048 bytes',
      kind('textcard', { ...CARD, url: `https://a/${'x'.repeat(2_048)}` }),
      40058,
    ],
    ['with no article', kind('news', { articles: [] }), 40058, 'news.articles'],
    ['with nine articles', kind('news', { articles: many(9, ARTICLE) }), 40058, 'news.articles'],
    ['with an article without a title', kind('news', { articles: [{ url: 'https://a/' }] }), 41016],
    ['with an article without an address', kind('news', { articles: [{ title: 'x' }] }), 40058, 'url'],
    [
      'with a bad picture address',
      kind('news', { articles: [{ ...ARTICLE, picurl: 'x' }] }),
      40058,
      'picurl',
    ],
    [
      'with a rich article without a picture',
      kind('mpnews', { articles: [{ title: 'x', content: 'y' }] }),
      40007,
    ],
    ['with an unknown picture', kind('image', { media_id: 'x' }), 40007],
    ['with an unknown file', kind('file', {}), 40007],
    ['with a mini program without an id', kind('miniprogram_notice', { title: 'x' }), 40058, 'appid'],
    ['with an unknown sharing rule', textTo('lisi', { safe: 3 }), 40058, 'safe'],
    ['with the sharing rule of rich articles', textTo('lisi', { safe: 2 }), 40058, 'safe'],
    [
      'with an unknown duplicate check',
      textTo('lisi', { enable_duplicate_check: 2 }),
      40058,
      'enable_duplicate_check',
    ],
  ])('%s', async (_name, message, errcode, words) => {
    const sim = await openSim();
    const { status, body } = await send(sim, message);
    expect([status, body]).toEqual([
      200,
      { errcode, errmsg: expect.stringMatching(refusalText(sim, errcode, words)) },
    ]);
    expect(await wecomInbox(sim)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no kind', { ...NOTICE, card_type: undefined }, 'card_type'],
    ['an unknown kind', { ...NOTICE, card_type: 'html' }, 'card_type'],
    ['a notice that says nothing', { ...NOTICE, main_title: { desc: 'x' } }, 'main_title'],
    ['a notice that leads nowhere', { ...NOTICE, card_action: undefined }, 'card_action'],
    ['a notice that leads to no address', { ...NOTICE, card_action: { type: 1, url: 'x' } }, 'card_action'],
    ['a picture notice without a picture', { ...NOTICE, card_type: 'news_notice' }, 'card_image'],
    ['seven lines', { ...NOTICE, horizontal_content_list: many(7) }, 'horizontal_content_list'],
    ['five blocks', { ...NOTICE, vertical_content_list: many(5) }, 'vertical_content_list'],
    ['four jumps', { ...NOTICE, jump_list: many(4) }, 'jump_list'],
    ['a menu without a task', { ...NOTICE, action_menu: { action_list: [] } }, 'task_id'],
    ['buttons without a task', { ...BUTTONS, task_id: undefined }, 'task_id'],
    ['a task id with blanks', { ...BUTTONS, task_id: 'a b' }, 'task_id'],
    ['a task id over 128 bytes', { ...BUTTONS, task_id: 'x'.repeat(129) }, 'task_id'],
    ['no button', { ...BUTTONS, button_list: [] }, 'button_list'],
    ['seven buttons', { ...BUTTONS, button_list: many(7, { text: '好', key: 'k' }) }, 'button_list'],
    ['a button without a key', { ...BUTTONS, button_list: [{ text: '好' }] }, 'button_list'],
    ['a vote without options', { ...BUTTONS, card_type: 'vote_interaction' }, 'checkbox'],
    [
      'a vote without a submit button',
      {
        ...BUTTONS,
        card_type: 'vote_interaction',
        checkbox: { question_key: 'q', option_list: [{ id: '1', text: 'a' }] },
      },
      'submit_button',
    ],
    ['choices without a list', { ...BUTTONS, card_type: 'multiple_interaction' }, 'select_list'],
  ])('with a template card that has %s', async (_name, card, words) => {
    const sim = await openSim();
    const { body } = await send(sim, kind('template_card', card));
    expect(body).toEqual({ errcode: 40058, errmsg: expect.stringMatching(refusalText(sim, 40058, words)) });
  });

  it('with a task id that the app used before', async () => {
    const sim = await openSim();
    const first = (await send(sim, kind('template_card', BUTTONS))).body;
    expect(first).toMatchObject({ errcode: 0, response_code: expect.any(String) });
    expect((await send(sim, kind('template_card', BUTTONS))).body.errcode).toBe(40058);
  });

  it('while the app is switched off or the size limit is lower', async () => {
    const sim = await openSim();
    await sim.api('POST', '/wecom', { agentId, isEnabled: false });
    expect((await send(sim, textTo('lisi'))).body.errcode).toBe(50003);
    await sim.api('POST', '/wecom', { agentId, isEnabled: true, maxBodyBytes: 20 });
    expect((await send(sim, textTo('lisi'))).body.errcode).toBe(45002);
    await sim.api('POST', '/reset', {});
    expect((await send(sim, textTo('lisi'))).body.errcode).toBe(0);
  });
});

describe('a wrong type', () => {
  it('is taken for the right one, and the answer warns of it', async () => {
    const sim = await openSim();
    const { body } = await send(sim, textTo('lisi', { agentid: String(agentId) }));
    expect(body).toMatchObject({ errcode: 0, errmsg: 'ok. Warning: wrong json format.' });
    expect(await wecomInbox(sim)).toHaveLength(1);
  });

  it('that cannot be taken for the right one counts as missing', async () => {
    const sim = await openSim();
    const { body } = await send(sim, textTo('lisi', { text: { content: ['x'] } }));
    expect(body.errcode).toBe(44004);
    expect(body.errmsg).toContain('Warning: wrong json format.');
  });
});

const cut = '字'.repeat(682);

it.each([
  ['a text over 2048 bytes', kind('text', { content: `${cut}字尾` }), { rendered: cut, inWechat: cut }],
  [
    'a text with a link',
    kind('text', { content: '一\n<a href="https://a.example/x">看</a>' }),
    { rendered: '一\n看', url: 'https://a.example/x', inWechat: '一\n看' },
  ],
  [
    'markdown',
    kind('markdown', {
      content: '# 题\n**粗** <font color="warning">红</font> [看](https://a.example/)\n> 引 `码`',
    }),
    {
      rendered: '题\n粗 红 看\n引 码',
      url: 'https://a.example/',
      inWechat: expect.stringContaining('企业微信中查看'),
    },
  ],
  [
    'a card over its lengths',
    kind('textcard', {
      ...CARD,
      title: '题'.repeat(50),
      description: `<div class="gray">${'述'.repeat(200)}</div>`,
      btntxt: '一二三四五',
    }),
    { rendered: `${'题'.repeat(42)}\n<div class="gray">${'述'.repeat(164)}\n[一二三四]`, url: CARD.url },
  ],
  [
    'a card with markup',
    kind('textcard', { ...CARD, description: '<div class="gray">灰</div>一<br>二' }),
    { rendered: '题\n灰\n一\n二\n[详情]', inWechat: '题\n灰\n一\n二\n[详情]' },
  ],
  [
    'articles',
    kind('news', { articles: [{ ...ARTICLE, description: '述'.repeat(200) }, ARTICLE] }),
    { rendered: `题\n${'述'.repeat(170)}\n题`, url: ARTICLE.url },
  ],
  [
    'a notice card',
    kind('template_card', {
      ...NOTICE,
      source: { desc: '青鸟' },
      emphasis_content: { title: '100', desc: '次' },
      horizontal_content_list: [{ keyname: '机器', value: 'web-1' }],
      jump_list: [{ type: 1, title: '更多', url: 'https://b.example/' }],
    }),
    {
      rendered: '青鸟\n题\n100 次\n机器：web-1\n更多 >',
      url: 'https://a.example/x',
      inWechat: expect.stringContaining('企业微信中查看'),
    },
  ],
])('shows %s as the member sees it', async (_name, message, look) => {
  const sim = await openSim();
  expect((await send(sim, message)).body).toMatchObject({ errcode: 0, errmsg: 'ok' });
  expect(await talkOf(sim, 'lisi')).toMatchObject([look]);
});

it('shows nothing in WeChat to a member without the plugin', async () => {
  const sim = await openSim();
  await sim.api('POST', '/wecom/members', { userid: 'lisi', usesPlugin: false });
  await send(sim, textTo('lisi'));
  expect(await talkOf(sim, 'lisi')).toMatchObject([{ rendered: '你好', inWechat: null }]);
});

describe('an uploaded file', () => {
  const upload = async (sim: Awaited<ReturnType<typeof openSim>>, type: string, form: FormData) => {
    const { body } = await wecom(sim, '/cgi-bin/agent/get', { query: { agentid: String(agentId) } });
    expect(body.errcode).toBe(0);
    const { corpId, secret } = simulatedWecom;
    const grant = await fetch(`${sim.base}/wecom/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${secret}`);
    const { access_token: token } = (await grant.json()) as { access_token: string };
    const answer = await fetch(`${sim.base}/wecom/cgi-bin/media/upload?access_token=${token}&type=${type}`, {
      method: 'POST',
      body: form,
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const formOf = (name: string, content: string) => {
    const form = new FormData();
    form.append(name, new Blob([content]), '报告.txt');
    return form;
  };

  it('can be sent for three days under its own name', async () => {
    const sim = await openSim();
    const body = await upload(sim, 'file', formOf('media', '123456'));
    expect(body).toEqual({
      errcode: 0,
      errmsg: 'ok',
      type: 'file',
      media_id: expect.any(String),
      created_at: String(Math.floor(sim.now() / 1000)),
    });
    const message = kind('file', { media_id: body.media_id });
    expect((await send(sim, message)).body.errcode).toBe(0);
    expect(await wecomInbox(sim)).toMatchObject([{ rendered: '[文件] 报告.txt' }]);
    sim.advance(3 * 86_400_000);
    expect((await send(sim, message)).body.errcode).toBe(40007);
  });

  it.each([
    ['of an unknown kind', 'html', formOf('media', '123456'), 40004],
    ['under another name', 'file', formOf('file', '123456'), 41005],
    ['of five bytes', 'file', formOf('media', '12345'), 40058],
    ['over its size', 'voice', formOf('media', 'x'.repeat(2 * 1024 * 1024 + 1)), 45002],
  ])('%s is refused', async (_name, type, form, errcode) => {
    expect((await upload(await openSim(), type, form)).errcode).toBe(errcode);
  });
});
