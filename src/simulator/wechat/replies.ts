/** Reads the server's answer to a push, as strictly as WeChat does. */
import { decryptMessage, signatureOf, signaturesMatch } from '#src/lib/message-crypto.js';
import { type FlatXml, parseFlatXml, parseXmlTree } from '#src/lib/xml.js';
import type { Settings } from '../options.js';
import type { Article, ItemContent } from './inbox.js';
import { ACCOUNT_ID } from './push-format.js';

/** Passive text is kept under so many bytes. */
const MAX_TEXT_BYTES = 2_048;
/** One article answers a person's message, eight answer anything else. */
const MAX_ARTICLES = { message: 1, event: 8 } as const;

/** The answer: nothing to show, something to show, or something WeChat does not understand. */
export type Reply =
  | { kind: 'none' }
  | { kind: 'shown'; content: ItemContent }
  | { kind: 'invalid'; problem: string };

/** What a reply answers. */
export interface ReplyInput {
  body: string;
  openid: string;
  to: 'message' | 'event';
}

class InvalidReply extends Error {}

/** Reads an answer. Never rejects: what cannot be read is `invalid`. */
export async function readReply(settings: Settings, input: ReplyInput): Promise<Reply> {
  const body = input.body.trim();
  if (body === '' || body === 'success') {
    return { kind: 'none' };
  }
  try {
    const xml = await openEnvelope(settings, body);
    const fields = await parseFlatXml(xml);
    checkAddresses(fields, input.openid);
    const content = await readContent(fields, xml, input);
    return content ? { kind: 'shown', content } : { kind: 'none' };
  } catch (error) {
    return { kind: 'invalid', problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The clear XML of a reply. Throws when the mode wants another form or the signature is wrong. */
async function openEnvelope(settings: Settings, body: string): Promise<string> {
  const outer = await parseFlatXml(body);
  const encrypted = outer.get('Encrypt');
  if (encrypted === undefined) {
    if (settings.mode === 'safe') {
      throw new InvalidReply('safe mode wants an encrypted reply');
    }
    return body;
  }
  if (settings.mode === 'plain') {
    throw new InvalidReply('plain mode wants a clear reply');
  }
  const { token, appId, aesKey } = settings;
  const expected = signatureOf(token, outer.get('TimeStamp') ?? '', outer.get('Nonce') ?? '', encrypted);
  if (!signaturesMatch(expected, outer.get('MsgSignature'))) {
    throw new InvalidReply('the MsgSignature of the reply is wrong');
  }
  return decryptMessage({ encrypted, receiverId: appId, aesKey });
}

function checkAddresses(fields: FlatXml, openid: string): void {
  if (fields.get('ToUserName') !== openid || fields.get('FromUserName') !== ACCOUNT_ID) {
    throw new InvalidReply('the reply must swap ToUserName and FromUserName');
  }
  if (!/^\d{1,12}$/.test(fields.get('CreateTime') ?? '')) {
    throw new InvalidReply('the reply needs a CreateTime');
  }
}

async function readContent(fields: FlatXml, xml: string, input: ReplyInput): Promise<ItemContent | null> {
  const type = fields.get('MsgType') ?? '';
  switch (type) {
    case 'text':
      return { kind: 'text', text: cutBytes(needed(fields.get('Content'), 'Content'), MAX_TEXT_BYTES) };
    case 'news':
      return {
        kind: 'news',
        articles: readArticles(fields, await parseXmlTree(xml), MAX_ARTICLES[input.to]),
      };
    case 'image':
    case 'voice':
    case 'video':
      return readMedia(type, await parseXmlTree(xml), 'MediaId');
    case 'music':
      return readMedia(type, await parseXmlTree(xml), 'ThumbMediaId');
    case 'transfer_customer_service':
      return null;
    default:
      throw new InvalidReply(`no such MsgType: ${type}`);
  }
}

function readArticles(fields: FlatXml, tree: Record<string, unknown>, most: number): Article[] {
  const items = [recordOf(recordOf(tree.Articles)?.item ?? [])].flat();
  if (items.length === 0 || Number(fields.get('ArticleCount')) !== items.length) {
    throw new InvalidReply('ArticleCount must be the number of articles');
  }
  return items.slice(0, most).map((item) => {
    const article = recordOf(item) ?? {};
    return {
      title: needed(textOf(article.Title), 'Title'),
      description: textOf(article.Description),
      picUrl: textOf(article.PicUrl),
      url: textOf(article.Url),
    };
  });
}

function readMedia(type: string, tree: Record<string, unknown>, idName: string): ItemContent {
  const element = recordOf(tree[`${type[0]?.toUpperCase()}${type.slice(1)}`]) ?? {};
  const id = needed(textOf(element[idName]), idName);
  return { kind: type, text: [`[${type}]`, textOf(element.Title) || id].join(' ') };
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function needed(text: string | undefined, name: string): string {
  if (!text) {
    throw new InvalidReply(`${name} is missing or empty`);
  }
  return text;
}

/** The start of a text that fits into so many bytes, never half a character. */
function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes
    ? text
    : new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}
