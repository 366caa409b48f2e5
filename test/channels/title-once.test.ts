/** A message whose body only repeats its title, as doors without a body make it: each channel shows it once. */
import { describe, expect, it } from 'vitest';
import { BARE_TEXT } from '#src/channels/bare-text.js';
import { fillParameters, renderBark } from '#src/channels/bark/render.js';
import { renderGotify } from '#src/channels/gotify/index.js';
import { renderMail } from '#src/channels/mail/render.js';
import { drawMessage } from '#src/channels/message-text.js';
import { fillPublish, renderNtfy } from '#src/channels/ntfy/render.js';
import { repeatsTitle } from '#src/channels/parts.js';
import { renderPushDeer } from '#src/channels/pushdeer/index.js';
import type { MessageContent } from '#src/core/types.js';
import { messageOf } from './http-peer.js';

/** What each channel sends, as one text. */
const DRAWN: Readonly<Record<string, (message: MessageContent) => string>> = {
  bark: (message) => JSON.stringify(fillParameters(renderBark(message), {}, () => '')),
  ntfy: (message) => JSON.stringify(fillPublish(renderNtfy(message), { topic: 't' })),
  gotify: (message) => JSON.stringify(renderGotify(message)),
  pushdeer: (message) => JSON.stringify(renderPushDeer(message)),
  'the HTML of a mail': (message) => renderMail(message).html,
  robots: (message) => {
    const { head, lines } = drawMessage(message, BARE_TEXT, (title) => title);
    return [head, ...lines.map((line) => line.text)].join('\n');
  },
};

const times = (text: string, part: string): number => text.split(part).length - 1;

describe.each(Object.entries(DRAWN))('%s', (_, draw) => {
  it.each([
    { title: '磁盘满了', body: '磁盘满了' },
    { title: ' 磁盘满了 ', body: '磁盘满了\n' },
    { title: '磁盘满了', body: '磁盘满了', format: 'markdown' as const },
  ])('shows %j once', (texts) => {
    expect(times(draw(messageOf(texts)), '磁盘满了')).toBe(1);
  });

  it('shows a body that says more', () => {
    expect(times(draw(messageOf({ title: '磁盘满了', body: '磁盘满了！' })), '磁盘满了')).toBe(2);
  });
});

it('a push that gave Bark nothing but a title goes on as it came', () => {
  const message = messageOf({ title: '满了', body: '满了', extras: { bark: { title: '满了' } } });
  const { title, body } = fillParameters(renderBark(message), {}, () => '');
  expect([title, body]).toEqual(['满了', undefined]);
});

it('no title is repeated by nothing', () => {
  expect(repeatsTitle({ title: '' }, '')).toBe(false);
});
