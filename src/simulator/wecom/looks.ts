/** What each kind of app message must carry, what WeCom cuts silently, and how a person sees the rest. */
import { firstMarkdownLink, showMarkdown } from '../markdown-look.js';
import { WecomRefusal } from './errors.js';
import { badField, cutBytes, isAddress, type LooseFields, needText } from './loose-fields.js';
import { readCard } from './template-card.js';

/** Text and markdown, in bytes of UTF-8. */
const MAX_TEXT_BYTES = 2_048;
const MAX_TITLE_BYTES = 128;
const MAX_DESCRIPTION_BYTES = 512;
const MAX_ARTICLES = 8;
const MAX_BUTTON_CHARACTERS = 4;

/** A message as a person sees it. */
export interface WecomLook {
  rendered: string;
  /** Where a tap leads. */
  url?: string;
  /** The WeChat plugin shows a notice in its place. */
  isWecomOnly?: true;
  taskId?: string;
  isInteractive?: boolean;
}

/** Says whether an uploaded file is still there, and of which kind. */
export type FindMedia = (mediaId: string) => string | null;

/** Reads a message. Throws WecomRefusal that names what is wrong. */
export function lookOf(body: LooseFields, findMedia: FindMedia): WecomLook {
  const type = body.text('msgtype');
  const part = body.part(type);
  switch (type) {
    case 'text':
      return readText(part);
    case 'markdown':
      return readMarkdown(part);
    case 'textcard':
      return readTextCard(part);
    case 'news':
      return readNews(part);
    case 'mpnews':
      return readMpNews(part);
    case 'image':
    case 'voice':
    case 'file':
    case 'video':
      return readMedia(part, { type, findMedia });
    case 'miniprogram_notice':
      return readMiniProgram(part);
    case 'template_card':
      return { ...readCard(part), isWecomOnly: true };
    default:
      throw new WecomRefusal(40008);
  }
}

function readText(part: LooseFields): WecomLook {
  const text = cutBytes(needText(part, 'content', new WecomRefusal(44004)), MAX_TEXT_BYTES);
  const link = /<a\b[^<>]*?\bhref\s*=\s*["']([^"']*)["']/i.exec(text)?.[1];
  return {
    rendered: text.replace(/<a\b[^<>]*>([^<]*)<\/a>/gi, '$1'),
    url: link ?? /https?:\/\/[^\s<>"'，。；！？）】》、]+/i.exec(text)?.[0],
  };
}

/** Markdown is not cut: the robot's own text for a longer one is taken over (the app's is not documented). */
function readMarkdown(part: LooseFields): WecomLook {
  const text = needText(part, 'content', new WecomRefusal(44004));
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw badField(`markdown.content exceed max length ${MAX_TEXT_BYTES}`);
  }
  return { rendered: showMarkdown(text), url: firstMarkdownLink(text), isWecomOnly: true };
}

function readTextCard(part: LooseFields): WecomLook {
  const title = needText(part, 'title', new WecomRefusal(41016));
  const description = needText(part, 'description', new WecomRefusal(41033));
  const url = part.text('url');
  if (!isAddress(url)) {
    throw badField('textcard.url');
  }
  const button = [...(part.text('btntxt') || '详情')].slice(0, MAX_BUTTON_CHARACTERS).join('');
  const shown = cutBytes(description, MAX_DESCRIPTION_BYTES)
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<div\b[^<>]*>([^<]*)<\/div>/gi, '$1\n')
    .trimEnd();
  return { rendered: `${cutBytes(title, MAX_TITLE_BYTES)}\n${shown}\n[${button}]`, url };
}

function readNews(part: LooseFields): WecomLook {
  const articles = someArticles(part, 'news').map((article) => {
    const title = needText(article, 'title', new WecomRefusal(41016));
    const url = article.text('url');
    const picture = article.text('picurl');
    const isMiniProgram = article.text('appid') !== '' && article.text('pagepath') !== '';
    if (!isAddress(url) && !isMiniProgram) {
      throw badField('news.articles.url');
    }
    if (picture !== '' && !isAddress(picture)) {
      throw badField('news.articles.picurl');
    }
    const description = cutBytes(article.text('description'), MAX_DESCRIPTION_BYTES);
    return { shown: [cutBytes(title, MAX_TITLE_BYTES), description].filter((text) => text !== ''), url };
  });
  return { rendered: articles.flatMap(({ shown }) => shown).join('\n'), url: articles[0]?.url || undefined };
}

function readMpNews(part: LooseFields): WecomLook {
  const lines = someArticles(part, 'mpnews').flatMap((article) => {
    const title = needText(article, 'title', new WecomRefusal(41016));
    needText(article, 'thumb_media_id', new WecomRefusal(40007));
    needText(article, 'content', new WecomRefusal(44004));
    const digest = cutBytes(article.text('digest'), MAX_DESCRIPTION_BYTES);
    return [cutBytes(title, MAX_TITLE_BYTES), ...(digest === '' ? [] : [digest])];
  });
  return { rendered: lines.join('\n') };
}

function someArticles(part: LooseFields, type: string): LooseFields[] {
  const articles = part.list('articles');
  if (articles.length < 1 || articles.length > MAX_ARTICLES) {
    throw badField(`${type}.articles must be 1 to ${MAX_ARTICLES}`);
  }
  return articles;
}

const MEDIA_NAMES = { image: '图片', voice: '语音', file: '文件', video: '视频' } as const;

function readMedia(
  part: LooseFields,
  { type, findMedia }: { type: keyof typeof MEDIA_NAMES; findMedia: FindMedia },
): WecomLook {
  const name = findMedia(part.text('media_id'));
  if (name === null) {
    throw new WecomRefusal(40007);
  }
  const title = cutBytes(part.text('title'), MAX_TITLE_BYTES);
  const description = cutBytes(part.text('description'), MAX_DESCRIPTION_BYTES);
  return { rendered: [`[${MEDIA_NAMES[type]}] ${title || name}`, description].join('\n').trimEnd() };
}

function readMiniProgram(part: LooseFields): WecomLook {
  needText(part, 'appid', badField('miniprogram_notice.appid'));
  const title = needText(part, 'title', badField('miniprogram_notice.title'));
  const items = part.list('content_item');
  if (items.length > 10 || Buffer.byteLength(part.text('page')) > 1_024) {
    throw badField('miniprogram_notice.content_item or page too long');
  }
  const lines = items.map((item) => `${item.text('key')}：${item.text('value')}`);
  return { rendered: [title, part.text('description'), ...lines].filter((line) => line !== '').join('\n') };
}
