/** Draws one thing that arrived by another way than WeChat, the way its own app would announce it. */
import { root } from './api.js';
import { both, h, icon } from './dom.js';
import { drawBareLinks, pageLink, toOpenable } from './links.js';
import { chatTime, toMs } from './times.js';

/** Every platform with an inbox: its name, and the sign on its little square. */
export const PLATFORMS = {
  wecom: { name: '企业微信', sign: '企' },
  'wecom-bot': { name: '企业微信群', sign: '群' },
  dingtalk: { name: '钉钉', sign: '钉' },
  feishu: { name: '飞书', sign: '飞' },
  bark: { name: 'Bark', sign: 'B' },
  pushdeer: { name: 'PushDeer', sign: 'P' },
  ntfy: { name: 'ntfy', sign: 'n' },
  gotify: { name: 'gotify', sign: 'G' },
  mail: { name: '邮件', sign: '@' },
  sms: { name: '短信', sign: '信' },
  webhook: { name: 'Webhook', sign: '{}' },
};

const SECRET_TAIL = 4;
const HIGH_PRIORITY = { ntfy: 4, gotify: 8 };

/** The platform's square with its sign. */
export function glyph(platform) {
  return h(
    'span',
    { class: `glyph from-${platform}`, 'aria-hidden': 'true' },
    PLATFORMS[platform]?.sign ?? '?',
  );
}

/** Draws `item` of the simulator's `/arrivals`. */
export function drawArrival(item, openPage) {
  const { platform, title, subtitle, text } = item;
  const name = PLATFORMS[platform]?.name ?? platform;
  const body = title || subtitle ? (text ?? '') : item.rendered;
  const isUrgent = item.priority >= (HIGH_PRIORITY[platform] ?? Number.POSITIVE_INFINITY);
  return h(
    'article',
    {
      class: `arrival${item.isReplaced ? ' replaced' : ''}${isUrgent ? ' urgent' : ''}`,
      'data-platform': platform,
      'aria-label': `${name} ${title ?? ''}`.trim(),
    },
    h(
      'header',
      {},
      glyph(platform),
      h('span', { class: 'arrival-name' }, name),
      h('span', { class: 'arrival-to' }, drawReceiver(item)),
      h('time', {}, chatTime(toMs(item.at), Date.now())),
    ),
    item.from ? h('p', { class: 'arrival-from' }, item.from) : null,
    title ? h('h3', {}, title) : null,
    subtitle ? h('p', { class: 'arrival-subtitle' }, subtitle) : null,
    body ? h('p', { class: 'arrival-text' }, drawBareLinks(body, openPage)) : null,
    drawPicture(item),
    drawMarks(item),
    drawWaysOn(item, openPage),
    drawRequest(item.request),
  );
}

/** Keys and tokens are told by their end; names, numbers and addresses stand in full. */
function drawReceiver({ platform, to }) {
  const isSecret = ['wecom-bot', 'dingtalk', 'feishu', 'bark', 'pushdeer', 'gotify'].includes(platform);
  if (!to) {
    return '';
  }
  return isSecret && to.length > 3 * SECRET_TAIL ? `…${to.slice(-SECRET_TAIL)}` : to;
}

function drawPicture({ image }) {
  const url = image ? toOpenable(image) : null;
  return url ? h('img', { src: url, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' }) : null;
}

function drawMarks({ tags = [], isReplaced, encryption }) {
  const marks = [
    ...tags.map((tag) => h('li', {}, tag)),
    encryption === 'decrypted' ? h('li', {}, both('已解密', 'decrypted')) : null,
    encryption === 'failed' ? h('li', {}, both('解不开', 'cannot decrypt')) : null,
    isReplaced ? h('li', {}, both('已被替换', 'replaced')) : null,
  ].filter(Boolean);
  return marks.length > 0 ? h('ul', { class: 'marks' }, marks) : null;
}

/** Where a tap leads: the message's own address, and the HTML part of a mail. */
function drawWaysOn({ platform, id, url, html }, openPage) {
  const target = url ? toOpenable(url) : null;
  const more = (address, zh, en) =>
    pageLink(address, { class: 'arrival-open' }, openPage, both(zh, en), icon('external'));
  return [
    target ? more(target, '打开', 'Open') : null,
    platform === 'mail' && html
      ? more(new URL(`api/inboxes/mail/${id}/html`, root).href, '看网页版', 'See the HTML part')
      : null,
  ];
}

function drawRequest({ method, path, body }) {
  return h(
    'details',
    { class: 'arrival-request' },
    h('summary', {}, both('原始请求', 'The request')),
    h('pre', {}, `${method} ${path}${body ? `\n\n${body}` : ''}`),
  );
}
