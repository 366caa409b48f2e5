/** Customer-service messages: allowed only for a while after the person did something. */
import { type CallInput, isRecord, OK, textIn, type WechatCalls } from './calls.js';
import { show } from './deliveries.js';
import { Refusal } from './errors.js';
import type { Article, ItemContent } from './inbox.js';
import { takeFromWindow } from './windows.js';

const MAX_TEXT_BYTES = 2_048;

type Part = Readonly<Record<string, unknown>>;

/** message/custom/send. */
export const customCalls: WechatCalls = {
  '/cgi-bin/message/custom/send': { method: 'POST', isServiceOnly: true, run: sendCustom },
};

/** What each kind of message needs, and how it looks in the chat. */
const READERS: Readonly<Record<string, (part: Part) => Omit<ItemContent, 'kind'>>> = {
  text: (part) => ({ text: readText(part) }),
  image: (part) => ({ text: `[图片] ${readMediaId(part, 'media_id')}` }),
  voice: (part) => ({ text: `[语音] ${readMediaId(part, 'media_id')}` }),
  video: (part) => ({ text: `[视频] ${textIn(part, 'title') || readMediaId(part, 'media_id')}` }),
  music: (part) => {
    const id = readMediaId(part, 'thumb_media_id');
    return { text: `[音乐] ${textIn(part, 'title') || id}`, url: textIn(part, 'musicurl') || undefined };
  },
  news: (part) => ({ articles: readArticles(part) }),
  mpnews: (part) => ({ text: `[图文] ${readMediaId(part, 'media_id')}` }),
  mpnewsarticle: (part) => ({ text: `[图文] ${readMediaId(part, 'article_id')}` }),
  msgmenu: (part) => ({ text: readChoices(part) }),
  wxcard: (part) => ({ text: `[卡券] ${readMediaId(part, 'card_id')}` }),
  miniprogrampage: (part) => {
    readMediaId(part, 'appid');
    return { text: `[小程序] ${textIn(part, 'title')}` };
  },
};

function sendCustom({ state, body }: CallInput): string {
  const person = state.people.find(textIn(body, 'touser'));
  if (!person) {
    throw new Refusal(40003);
  }
  const kind = textIn(body, 'msgtype');
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  if (!reader) {
    throw new Refusal(40008);
  }
  const part = body[kind];
  if (!isRecord(part)) {
    throw new Refusal(47001);
  }
  const content = reader(part);
  if (person.isBlocking) {
    throw new Refusal(48002);
  }
  const windows = person.isFollowing ? person.windows : null;
  const refusal = takeFromWindow(windows, state.world.clock.now(), state.account.countsCustomMessages);
  if (refusal !== 0) {
    throw new Refusal(refusal);
  }
  show(state, person, { kind, ...content });
  return OK;
}

function readText(part: Part): string {
  const text = textIn(part, 'content');
  if (text === '') {
    throw new Refusal(44004);
  }
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw new Refusal(45002);
  }
  return text;
}

function readMediaId(part: Part, name: string): string {
  const id = textIn(part, name);
  if (id === '') {
    throw new Refusal(40007);
  }
  return id;
}

function readArticles(part: Part): Article[] {
  const articles = Array.isArray(part.articles) ? part.articles : [];
  if (articles.length === 0) {
    throw new Refusal(44003);
  }
  if (articles.length > 1) {
    throw new Refusal(45008);
  }
  return articles.map((article: unknown) => {
    const fields = isRecord(article) ? article : {};
    return {
      title: textIn(fields, 'title'),
      description: textIn(fields, 'description'),
      picUrl: textIn(fields, 'picurl'),
      url: textIn(fields, 'url'),
    };
  });
}

function readChoices(part: Part): string {
  const list = Array.isArray(part.list) ? part.list : [];
  if (list.length === 0) {
    throw new Refusal(47001);
  }
  const choices = list.map((choice: unknown) => (isRecord(choice) ? `· ${textIn(choice, 'content')}` : ''));
  return [textIn(part, 'head_content'), ...choices, textIn(part, 'tail_content')]
    .filter((line) => line !== '')
    .join('\n');
}
