/** What each kind of DingTalk message must carry, and how a person sees it. */
import { isRecord } from '../call.js';
import { firstMarkdownLink, showHtmlMarkdown } from '../markdown-look.js';
import { DingtalkRefusal } from './errors.js';

/** A message as a person sees it. */
export interface DingtalkLook {
  rendered: string;
  /** Where a tap leads. */
  url?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a message. Throws DingtalkRefusal 40035 for a missing or empty field, a wrong type or an unknown kind. */
export function lookOf(body: Fields): DingtalkLook {
  const look = readKind(body);
  const mentions = mentionsIn(body);
  return mentions === '' ? look : { ...look, rendered: `${look.rendered}\n${mentions}` };
}

function readKind(body: Fields): DingtalkLook {
  switch (textIn(body, 'msgtype')) {
    case 'text':
      return { rendered: textIn(part(body, 'text'), 'content') };
    case 'markdown': {
      const markdown = part(body, 'markdown');
      // The title shows in the list of chats and in the notice, not in the message.
      textIn(markdown, 'title');
      const text = textIn(markdown, 'text');
      return { rendered: showHtmlMarkdown(text), url: firstMarkdownLink(text) };
    }
    case 'link': {
      const link = part(body, 'link');
      const rendered = `${textIn(link, 'title')}\n${textIn(link, 'text')}`;
      return { rendered, url: textIn(link, 'messageUrl') };
    }
    case 'actionCard':
      return readActionCard(part(body, 'actionCard'));
    case 'feedCard':
      return readFeedCard(part(body, 'feedCard'));
    default:
      throw new DingtalkRefusal(40035, '不合法的参数 msgtype');
  }
}

function readActionCard(card: Fields): DingtalkLook {
  textIn(card, 'title');
  const text = showHtmlMarkdown(textIn(card, 'text'));
  if (card.singleTitle !== undefined) {
    return { rendered: `${text}\n[${textIn(card, 'singleTitle')}]`, url: textIn(card, 'singleURL') };
  }
  const buttons = listIn(card, 'btns').map((button) => ({
    title: textIn(button, 'title'),
    url: textIn(button, 'actionURL'),
  }));
  return { rendered: `${text}\n${buttons.map(({ title }) => `[${title}]`).join(' ')}`, url: buttons[0]?.url };
}

function readFeedCard(card: Fields): DingtalkLook {
  const links = listIn(card, 'links').map((link) => {
    textIn(link, 'picURL');
    return { title: textIn(link, 'title'), url: textIn(link, 'messageURL') };
  });
  return { rendered: links.map(({ title }) => title).join('\n'), url: links[0]?.url };
}

function mentionsIn(body: Fields): string {
  const at = isRecord(body.at) ? body.at : {};
  const names = [at.atMobiles, at.atUserIds].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...(at.isAtAll === true ? ['所有人'] : []), ...names.map(String)]
    .map((name) => `@${name}`)
    .join(' ');
}

function part(body: Fields, name: string): Fields {
  const value = body[name];
  if (!isRecord(value)) {
    throw new DingtalkRefusal(40035, `缺少参数 ${name}`);
  }
  return value;
}

function listIn(body: Fields, name: string): readonly Fields[] {
  const value = body[name];
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) {
    throw new DingtalkRefusal(40035, `缺少参数 ${name}`);
  }
  return value;
}

function textIn(body: Fields, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '') {
    throw new DingtalkRefusal(40035, `缺少参数 ${name}`);
  }
  return value;
}
