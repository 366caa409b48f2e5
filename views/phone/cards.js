/** Draws one entry of the chat: a bubble, a template card, articles, or a quiet line. */
import { accountAvatar, avatar, both, h, icon, iconButton } from './dom.js';
import { drawText, pageLink, toOpenable } from './links.js';
import { chatTime } from './times.js';

const LABELLED = /^([^：:]{1,12})[：:]\s*([\s\S]*)$/;
const KINDS = {
  image: ['图片', 'Image'],
  voice: ['语音', 'Voice'],
  video: ['视频', 'Video'],
  music: ['音乐', 'Music'],
};

/**
 * Draws an entry of the merged timeline. `context`: `{openPage, say, resend, refuse, accountName, personName, nowMs,
 * templateTitle(id), isRefused(id)}`.
 */
export function drawEntry(entry, context) {
  switch (entry.kind) {
    case 'time':
      return h('p', { class: 'chat-time' }, chatTime(entry.at, context.nowMs));
    case 'note':
      return h('p', { class: 'chat-note' }, both(entry.zh, entry.en ?? ''));
    case 'notice':
      return h('p', { class: 'chat-note', 'data-kind': 'notice' }, entry.text);
    case 'own':
      return drawMine({ ...entry, status: 'sent' }, context);
    case 'mine':
      return drawMine(entry, context);
    case 'template':
      return drawTemplateCard(entry, context);
    case 'news':
      return drawNews(entry, context);
    default:
      return drawTheirs(entry, context);
  }
}

function drawMine(entry, context) {
  const failed = entry.status === 'failed';
  const mark = failed
    ? h(
        'button',
        {
          type: 'button',
          class: 'failed-mark',
          'aria-label': `没有发出，点按重发 Not sent, tap to send again: ${entry.why ?? ''}`,
          title: entry.why ?? null,
          on: { click: () => context.resend(entry) },
        },
        '!',
      )
    : null;
  const sending =
    entry.status === 'sending' ? h('span', { class: 'sending', 'aria-label': '发送中 Sending' }) : null;
  return h(
    'div',
    { class: 'row row-mine', 'data-kind': 'mine', 'data-status': entry.status },
    h('div', { class: 'bubble bubble-mine' }, drawText(entry.text ?? '', context)),
    mark,
    sending,
    avatar(context.personName),
  );
}

function drawTheirs(entry, context) {
  const label = KINDS[entry.kind];
  const text = entry.text ?? entry.rendered ?? '';
  const body = label
    ? [h('span', { class: 'media-label' }, both(...label)), ' ', text]
    : drawText(text, context);
  return h(
    'div',
    { class: 'row row-theirs', 'data-kind': entry.kind },
    accountAvatar(),
    h('div', { class: 'bubble bubble-theirs' }, body),
  );
}

function drawTemplateCard(entry, context) {
  const { title, lines } = readCard(entry, context.templateTitle(entry.templateId));
  const url = toOpenable(entry.url);
  const body = [
    h('strong', { class: 'card-title' }, title),
    lines.length > 0 &&
      h(
        'dl',
        { class: 'card-lines' },
        lines.map(({ label, value }) =>
          h('div', {}, label ? h('dt', {}, label) : null, h('dd', { class: label ? null : 'wide' }, value)),
        ),
      ),
    url &&
      h('span', { class: 'card-more' }, h('span', {}, '查看详情'), h('span', { 'aria-hidden': 'true' }, '›')),
  ].filter(Boolean);
  const refuse = iconButton(
    'more',
    '这类通知 About notices of this kind',
    () => context.refuse(entry.templateId, title),
    {
      class: 'card-menu',
    },
  );
  return h(
    'article',
    { class: 'card', 'data-kind': 'template', 'aria-label': title },
    h('header', { class: 'card-head' }, accountAvatar('small'), h('span', {}, context.accountName), refuse),
    url
      ? pageLink(url, { class: 'card-body' }, context.openPage, ...body)
      : h('div', { class: 'card-body' }, ...body),
  );
}

/** The title and the lines below it as WeChat shows them: what stands before a line's first colon is its label. */
function readCard(entry, knownTitle) {
  const rows = String(entry.rendered ?? '')
    .split('\n')
    .filter((row) => row.trim() !== '');
  const startsWithTitle = rows.length > 0 && (rows[0] === knownTitle || !LABELLED.test(rows[0]));
  const title = startsWithTitle ? rows[0] : (knownTitle ?? '服务通知');
  const lines = rows.slice(startsWithTitle ? 1 : 0).map((row) => {
    const match = LABELLED.exec(row);
    return match ? { label: match[1], value: match[2] } : { label: '', value: row };
  });
  return { title, lines };
}

function drawNews(entry, context) {
  const articles = (entry.articles ?? []).map(readArticle);
  const [first, ...rest] = articles;
  if (!first) {
    return drawTheirs({ ...entry, kind: 'text' }, context);
  }
  const head = [
    first.picture &&
      h('img', { src: first.picture, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' }),
    h('strong', { class: 'news-title' }, first.title),
    first.description && rest.length === 0 && h('span', { class: 'news-text' }, first.description),
  ].filter(Boolean);
  return h(
    'article',
    { class: 'card news', 'data-kind': 'news', 'aria-label': first.title },
    linkOr(first.url, 'news-first', head, context),
    rest.map((article) =>
      linkOr(
        article.url,
        'news-row',
        [
          h('span', {}, article.title),
          article.picture
            ? h('img', { src: article.picture, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' })
            : h('span', { class: 'news-blank', 'aria-hidden': 'true' }, icon('list')),
        ],
        context,
      ),
    ),
  );
}

/** Articles come as the person's reply or as the platform's fields, so both spellings are read. */
function readArticle(article) {
  return {
    title: article.title ?? article.Title ?? '',
    description: article.description ?? article.Description ?? '',
    url: toOpenable(article.url ?? article.Url ?? ''),
    picture: toOpenable(article.picUrl ?? article.picurl ?? article.PicUrl ?? ''),
  };
}

function linkOr(url, name, children, context) {
  return url
    ? pageLink(url, { class: name }, context.openPage, ...children)
    : h('div', { class: name }, ...children);
}
