/** Server酱's channel numbers and lists of receivers, as they end up in what is published. */
import { describe, expect, it } from 'vitest';
import { CHANNEL_CODES, readRouting } from '#src/dialects/serverchan/channel-codes.js';

/** A person's channels by kind; the code is the kind with `my-` before it. */
async function route(
  kinds: readonly string[],
  asked: { channel?: string; openid?: string },
  { defaultKind = '', isMember = false } = {},
) {
  const own = kinds.map((kind, at) => ({
    id: at + 1,
    kind,
    code: `my-${kind}`,
    config: (kind === 'wecom-app' ? { receivers: 'boss' } : {}) as Record<string, string>,
    default: kind === defaultKind,
    ratherTwice: false,
    fallback: null,
    createdAt: new Date(0),
    lastOkAt: null,
    lastError: '',
    lastErrorAt: null,
    waiting: [],
  }));
  const people = { isWecomMember: async () => isMember };
  return readRouting({ channels: { listChannels: async () => own }, people }, 1, asked);
}

it.each(Object.entries(CHANNEL_CODES))('number %s names %j', async (channel, kinds) => {
  const code = kinds[0] === 'wechat' ? 'wechat' : `my-${kinds[0]}`;
  expect(await route([...kinds], { channel })).toEqual({ channels: [code], extras: {} });
});

it('98 goes to gotify where there is no ntfy', async () => {
  expect((await route(['gotify'], { channel: '98' })).channels).toEqual(['my-gotify']);
});

it.each([
  ['9|66', ['wechat', 'my-wecom-app']],
  [' 66 | 9 ', ['my-wecom-app', 'wechat']],
  ['66|66', ['my-wecom-app']],
  ['|', undefined],
])('channel %j', async (channel, channels) => {
  expect((await route(['wecom-app'], { channel })).channels).toEqual(channels);
});

it('66 is the server’s own WeCom app for its members, who need none of their own; it takes no list', async () => {
  await expect(route([], { channel: '66', openid: 'li' }, { isMember: true })).rejects.toThrow(
    '自己的企业微信',
  );
  const asked = { channel: '9|66' };
  expect(await route([], asked, { isMember: true })).toEqual({
    channels: ['wechat', 'wecom-app'],
    extras: {},
  });
  expect((await route(['wecom-app'], asked, { isMember: true })).channels).toEqual([
    'wechat',
    'my-wecom-app',
  ]);
  await expect(route([], asked)).rejects.toThrow('没有配置[66]');
  await expect(route([], { channel: '1' }, { isMember: true })).rejects.toThrow('没有配置[1]');
});

describe('openid', () => {
  const KINDS = ['wecom-app', 'wechat-own', 'bark'];

  it.each([
    ['66', 'li|wang', { 'wecom-app': { receivers: ['li', 'wang'] } }],
    ['66', ' ', {}],
    ['0', 'o1,o2，o1', { 'wechat-own': { receivers: ['o1', 'o2'] } }],
    ['8|66', 'li', { 'wecom-app': { receivers: ['li'] } }],
    ['8', '', {}],
  ])('on channel %s, %j', async (channel, openid, extras) => {
    expect((await route(KINDS, { channel, openid })).extras).toEqual(extras);
  });

  it.each([
    ['8', 'o1,o2'],
    ['9', 'o1,o2'],
    ['66', ' | '],
    ['0', ','],
    ['0', Array.from({ length: 21 }, (_, at) => `o${at}`).join(',')],
    ['66', Array.from({ length: 201 }, (_, at) => `m${at}`).join('|')],
    [undefined, 'li'],
  ])('on channel %s is refused: %j', async (channel, openid) => {
    await expect(route(KINDS, { ...(channel ? { channel } : {}), openid })).rejects.toThrow('openid');
  });

  it('counts for the default channel, when none is named', async () => {
    expect(await route(KINDS, { openid: 'li' }, { defaultKind: 'wecom-app' })).toEqual({
      extras: { 'wecom-app': { receivers: ['li'] } },
    });
  });
});
