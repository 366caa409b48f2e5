/** What each kind of Feishu message must carry, and how a person sees it. */
import { isRecord } from '../call.js';
import { firstMarkdownLink, showHtmlMarkdown } from '../markdown-look.js';
import { FeishuRefusal } from './errors.js';

/** A message as a person sees it. */
export interface FeishuLook {
  rendered: string;
  /** Where a tap leads. */
  url?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a message. Throws FeishuRefusal: 19002 for a missing or empty field or a wrong type, 10208 for an unknown kind. */
export function lookOf(body: Fields): FeishuLook {
  switch (textIn(body, 'msg_type')) {
    case 'text':
      return { rendered: withMentions(textIn(part(body, 'content'), 'text')) };
    case 'post':
      return readPost(part(part(body, 'content'), 'post'));
    case 'image':
      return { rendered: `[图片] ${textIn(part(body, 'content'), 'image_key')}` };
    case 'share_chat':
      return { rendered: `[群名片] ${textIn(part(body, 'content'), 'share_chat_id')}` };
    case 'interactive':
      return readCard(part(body, 'card'));
    default:
      throw new FeishuRefusal(10208);
  }
}

function withMentions(text: string): string {
  return text.replace(/<at\b[^<>]*>([^<]*)<\/at>/g, (tag, name) =>
    name ? `@${name}` : /["']all["']/.test(tag) ? '@所有人' : '@',
  );
}

/** The first language given; a person sees that of their client. */
function readPost(post: Fields): FeishuLook {
  const language = ['zh_cn', 'en_us', 'ja_jp'].find((name) => isRecord(post[name]));
  if (!language) {
    throw new FeishuRefusal(19002);
  }
  const { title, content } = part(post, language);
  if (!Array.isArray(content)) {
    throw new FeishuRefusal(19002);
  }
  let url: string | undefined;
  const lines = content.map((line) => {
    if (!Array.isArray(line) || !line.every(isRecord)) {
      throw new FeishuRefusal(19002);
    }
    return line
      .map((run) => {
        url ??= typeof run.href === 'string' ? run.href : undefined;
        return showRun(run);
      })
      .join('');
  });
  return {
    rendered: [...(typeof title === 'string' && title !== '' ? [title] : []), ...lines].join('\n'),
    url,
  };
}

function showRun(run: Fields): string {
  switch (run.tag) {
    case 'text':
    case 'a':
      return textOf(run.text);
    case 'at':
      return `@${run.user_id === 'all' ? '所有人' : textOf(run.user_name) || textOf(run.user_id)}`;
    case 'img':
      return '[图片]';
    case 'md':
      return showHtmlMarkdown(textOf(run.text));
    default:
      throw new FeishuRefusal(19002);
  }
}

/** Cards come with `elements` (schema 1) or `body.elements` (schema 2). */
function readCard(card: Fields): FeishuLook {
  const header = isRecord(card.header)
    ? textOf(isRecord(card.header.title) ? card.header.title.content : '')
    : '';
  const body = isRecord(card.body) ? card.body : card;
  const elements = Array.isArray(body.elements) ? body.elements.filter(isRecord) : [];
  const shown = elements.map(showElement).filter((text) => text !== '');
  if (header === '' && shown.length === 0) {
    throw new FeishuRefusal(19002);
  }
  const own = isRecord(card.card_link) ? textOf(card.card_link.url) : '';
  return {
    rendered: [...(header === '' ? [] : [header]), ...shown].join('\n'),
    url: own || linkIn(elements),
  };
}

function showElement(element: Fields): string {
  const text = isRecord(element.text) ? textOf(element.text.content) : textOf(element.content);
  switch (element.tag) {
    case 'markdown':
    case 'div':
      return showHtmlMarkdown(text);
    case 'button':
      return `[${text}]`;
    case 'hr':
      return '———';
    case 'img':
      return '[图片]';
    case 'note':
    case 'action': {
      const inner = Array.isArray(element.elements) ? element.elements : element.actions;
      return Array.isArray(inner) ? inner.filter(isRecord).map(showElement).join(' ') : '';
    }
    default:
      return showHtmlMarkdown(text);
  }
}

function linkIn(elements: readonly Fields[]): string | undefined {
  for (const element of elements) {
    const inner = [element.actions, element.elements].flatMap((list) => (Array.isArray(list) ? list : []));
    const text = isRecord(element.text) ? textOf(element.text.content) : textOf(element.content);
    const found = textOf(element.url) || firstMarkdownLink(text) || linkIn(inner.filter(isRecord));
    if (found) {
      return found;
    }
  }
  return undefined;
}

function part(body: Fields, name: string): Fields {
  const value = body[name];
  if (!isRecord(value)) {
    throw new FeishuRefusal(19002, { msg: `params error, ${name} need` });
  }
  return value;
}

function textIn(body: Fields, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') {
    throw new FeishuRefusal(19002, { msg: `params error, ${name} need` });
  }
  return value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
