/** What each kind of robot message must carry, its byte limits, and how a person sees it. */
import { createHash } from 'node:crypto';
import { firstMarkdownLink, showMarkdown } from '../markdown-look.js';
import { WecomRefusal } from '../wecom/errors.js';
import type { FindMedia } from '../wecom/looks.js';
import { badField, cutBytes, isAddress, type LooseFields, needText } from '../wecom/loose-fields.js';
import { readCard } from '../wecom/template-card.js';

const MAX_TEXT_BYTES = 2_048;
/** Documented for markdown; taken over for markdown_v2. */
const MAX_MARKDOWN_BYTES = 4_096;
const MAX_IMAGE_BYTES = 2 * 1024 * 1024;
const MAX_ARTICLES = 8;
const PICTURE = { jpg: [0xff, 0xd8, 0xff], png: [0x89, 0x50, 0x4e, 0x47] };

/** A message as a person sees it. */
export interface BotLook {
  rendered: string;
  /** Where a tap leads. */
  url?: string;
}

/** Reads a message. Throws WecomRefusal: 40008 for its kind, 40007 for a file, 44004 for an empty text, else 40058. */
export function lookOf(body: LooseFields, findMedia: FindMedia): BotLook {
  const type = body.text('msgtype');
  const part = body.part(type);
  switch (type) {
    case 'text':
      return readText(part);
    case 'markdown':
    case 'markdown_v2': {
      const text = boundedText(part, { name: `${type}.content`, maxBytes: MAX_MARKDOWN_BYTES });
      return { rendered: showMarkdown(text), url: firstMarkdownLink(text) };
    }
    case 'image':
      return readImage(part);
    case 'news':
      return readNews(part);
    case 'file':
    case 'voice': {
      const name = findMedia(part.text('media_id'));
      if (name === null) {
        throw new WecomRefusal(40007);
      }
      return { rendered: `[${type === 'file' ? '文件' : '语音'}] ${name}` };
    }
    case 'template_card': {
      // A robot hears no clicks, so only the two notices can be sent.
      if (!part.text('card_type').endsWith('_notice')) {
        throw badField('template_card.card_type');
      }
      const { rendered, url } = readCard(part);
      return { rendered, url };
    }
    default:
      throw new WecomRefusal(40008);
  }
}

function boundedText(part: LooseFields, { name, maxBytes }: { name: string; maxBytes: number }): string {
  const text = needText(part, 'content', new WecomRefusal(44004));
  if (Buffer.byteLength(text) > maxBytes) {
    throw badField(`${name} exceed max length ${maxBytes}`);
  }
  return text;
}

function readText(part: LooseFields): BotLook {
  const text = boundedText(part, { name: 'text.content', maxBytes: MAX_TEXT_BYTES });
  const mentions = [...part.texts('mentioned_list'), ...part.texts('mentioned_mobile_list')]
    .map((name) => (name === '@all' ? '@所有人' : `@${name}`))
    .join(' ');
  return { rendered: mentions === '' ? text : `${text}\n${mentions}` };
}

function readImage(part: LooseFields): BotLook {
  const bytes = Buffer.from(part.text('base64'), 'base64');
  const isPicture = Object.values(PICTURE).some((magic) => magic.every((byte, at) => bytes[at] === byte));
  if (!isPicture || bytes.length > MAX_IMAGE_BYTES) {
    throw badField('image.base64');
  }
  if (createHash('md5').update(bytes).digest('hex') !== part.text('md5').toLowerCase()) {
    throw badField('image.md5');
  }
  return { rendered: '[图片]' };
}

function readNews(part: LooseFields): BotLook {
  const articles = part.list('articles');
  if (articles.length < 1 || articles.length > MAX_ARTICLES) {
    throw badField(`news.articles must be 1 to ${MAX_ARTICLES}`);
  }
  const lines = articles.flatMap((article) => {
    const title = needText(article, 'title', badField('news.articles.title'));
    if (!isAddress(article.text('url'))) {
      throw badField('news.articles.url');
    }
    return [cutBytes(title, 128), cutBytes(article.text('description'), 512)];
  });
  return { rendered: lines.filter((line) => line !== '').join('\n'), url: articles[0]?.text('url') };
}
