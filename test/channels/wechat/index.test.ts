/** The WeChat channel: what a message becomes on a card, and what is asked of the platform. */
import { describe, expect, it } from 'vitest';
import { createWechatChannel, renderCard, type WechatSender } from '#src/channels/wechat/index.js';
import type { MessageContent } from '#src/core/types.js';
import { apiError } from '#src/platforms/wechat/errors.js';
import { createTestClock } from '#test/support/clock.js';

const MESSAGE: MessageContent = {
  id: 1,
  appId: 1,
  appName: '机房告警',
  title: '',
  summary: '',
  body: 'CPU > 90%\n请检查',
  format: 'text',
  url: '',
  pageUrl: 'https://q.example/m/1-abc',
  createdAt: new Date('2026-11-23T10:05:00Z'),
  isUrgent: false,
  extras: {},
};
const SETTINGS = {
  templateId: 'T1',
  templateFields: [
    { keyword: 'thing1', part: 'title' as const },
    { keyword: 'thing2', part: 'summary' as const },
    { keyword: 'time3', part: 'time' as const },
  ],
};
const MING = { personId: 5, uid: 'UID_x', address: 'oMing' };

/** The outer wall: the two calls of the platform, recorded. */
function fakeSender(
  answer: () => Promise<{ msgId: string }>,
  templates: { id: string; content: string }[] = [],
) {
  const cards: Parameters<WechatSender['sendTemplate']>[0][] = [];
  let lists = 0;
  const platform: WechatSender = {
    sendTemplate: (card) => {
      cards.push(card);
      return answer();
    },
    listTemplates: async () => {
      lists += 1;
      return templates.map((one) => ({
        ...one,
        title: '',
        example: '',
        primaryIndustry: '',
        deputyIndustry: '',
      }));
    },
  };
  return { platform, cards, countLists: () => lists };
}

const clock = createTestClock();

/** What a send gets; WeChat's own client never asks the guarded one. */
const ioOf = (deliveryId: number) => ({
  deliveryId,
  clock,
  http: {
    fetch: () => {
      throw new Error('not asked');
    },
  },
});
const sent = async () => ({ msgId: '3662956322040938501' });

describe('a card', () => {
  it('goes under the name of the app and says how the message begins', () => {
    expect(renderCard(MESSAGE)).toEqual({
      parts: {
        title: '机房告警',
        summary: 'CPU > 90% 请检查',
        time: '2026-11-23 18:05:00',
        app: '机房告警',
        sender: '机房告警',
      },
      url: 'https://q.example/m/1-abc',
    });
  });

  it('takes title and summary where the sender gave them', () => {
    expect(renderCard({ ...MESSAGE, title: '标题', summary: '摘要' }).parts).toMatchObject({
      title: '标题',
      summary: '摘要',
    });
  });

  it.each([
    ['html', '<h1>故障</h1><p>磁盘 <b>满</b>了</p><script>alert(1)</script>', '故障 磁盘 满 了'],
    ['html', '<p>磁盘<b>满</b>了&nbsp;&amp; 停了</p>', '磁盘满了 & 停了'],
    ['markdown', '# 故障\n\n- **磁盘**满了\n- [看板](https://x.example)', '故障 磁盘满了 看板'],
  ] as const)('shows %s without its marks', (format, body, summary) => {
    const shown = renderCard({ ...MESSAGE, format, body }).parts.summary;
    expect(shown.replace(/\s/g, '')).toBe(summary.replace(/\s/g, ''));
  });

  it('reads no more of a huge body than it shows, and cuts no character in half', () => {
    const { summary } = renderCard({ ...MESSAGE, body: '🔥'.repeat(20_000) }).parts;
    expect([...summary]).toHaveLength(64);
    expect(summary).toBe(`${'🔥'.repeat(63)}…`);
  });
});

describe('sending', () => {
  it('sends the configured template to the openid, with the page and an id that makes repeats known', async () => {
    const { platform, cards, countLists } = fakeSender(sent);
    const channel = createWechatChannel({ platform, settings: SETTINGS, clock });
    const outcome = await channel.send(channel.render(MESSAGE), {}, MING, ioOf(77));
    expect(outcome).toEqual({ kind: 'sent', ref: '3662956322040938501' });
    expect(cards).toEqual([
      {
        openid: 'oMing',
        templateId: 'T1',
        url: 'https://q.example/m/1-abc',
        clientMsgId: '77',
        data: {
          thing1: { value: '机房告警' },
          thing2: { value: 'CPU > 90% 请检查' },
          time3: { value: '2026-11-23 18:05' },
        },
      },
    ]);
    expect(countLists()).toBe(0);
  });

  it("asks the account for a template once, and fills that one's keywords", async () => {
    const templates = [{ id: 'T2', content: '事项：{{thing4.DATA}}\n时间：{{date5.DATA}}' }];
    const { platform, cards, countLists } = fakeSender(sent, templates);
    const settings = { templateId: null, templateFields: [] };
    const channel = createWechatChannel({ platform, settings, clock });
    for (const deliveryId of [1, 2]) {
      await channel.send(channel.render(MESSAGE), {}, MING, ioOf(deliveryId));
    }
    expect(countLists()).toBe(1);
    expect(cards[1]).toMatchObject({
      templateId: 'T2',
      data: { thing4: { value: '机房告警' }, date5: { value: '2026-11-23' } },
    });
  });

  it('lets the account rest while it has no template, and says what to do', async () => {
    const { platform, cards } = fakeSender(sent, [{ id: 'built-in', content: '{{content.DATA}}' }]);
    const settings = { templateId: null, templateFields: [] };
    const channel = createWechatChannel({ platform, settings, clock });
    const outcome = await channel.send(channel.render(MESSAGE), {}, MING, ioOf(1));
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'queue',
      code: 'no_template',
      why: expect.stringMatching(/WECHAT_TEMPLATE_ID/),
    });
    expect(cards).toEqual([]);
  });

  it('turns a refusal into an outcome and lets a bug be one', async () => {
    const refusing = fakeSender(() =>
      Promise.reject(apiError('message/template/send', 43004, 'require subscribe')),
    );
    const buggy = fakeSender(() => Promise.reject(new TypeError('bug')));
    const [left, broken] = [refusing, buggy].map(({ platform }) =>
      createWechatChannel({ platform, settings: SETTINGS, clock }),
    );
    const card = renderCard(MESSAGE);
    expect(await left?.send(card, {}, MING, ioOf(1))).toMatchObject({
      kind: 'gone',
      code: '43004',
    });
    await expect(broken?.send(card, {}, MING, ioOf(1))).rejects.toThrow('bug');
  });
});
