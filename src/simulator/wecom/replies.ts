/** Reads the server's passive reply to a member's message: nothing, or an encrypted and signed one. */
import { decryptMessage, signatureOf, signaturesMatch } from '#src/lib/message-crypto.js';
import { type FlatXml, parseFlatXml, parseXmlTree } from '#src/lib/xml.js';
import { isRecord } from '../call.js';
import type { Settings } from '../options.js';
import { simulatedWecom } from './directory.js';
import { cutBytes } from './loose-fields.js';

const MAX_TEXT_BYTES = 2_048;
const MAX_ARTICLES = 8;

/** A passive reply as the member sees it. */
export interface WecomReply {
  type: string;
  text?: string;
  articles?: { title: string; description: string; picUrl: string; url: string }[];
}

/** Reads an answer; null is the plain acknowledgement. Throws Error that says what WeCom would not take. */
export async function readWecomReply(
  settings: Settings,
  { body, userId }: { body: string; userId: string },
): Promise<WecomReply | null> {
  if (body === '') {
    return null;
  }
  const outer = await parseFlatXml(body);
  const encrypted = outer.get('Encrypt');
  if (encrypted === undefined) {
    throw new Error('a reply must be encrypted');
  }
  const { wecomToken: token, wecomAesKey: aesKey } = settings;
  const expected = signatureOf(token, outer.get('TimeStamp') ?? '', outer.get('Nonce') ?? '', encrypted);
  if (!signaturesMatch(expected, outer.get('MsgSignature'))) {
    throw new Error('the MsgSignature of the reply is wrong');
  }
  const xml = decryptMessage({ encrypted, receiverId: simulatedWecom.corpId, aesKey });
  const fields = await parseFlatXml(xml);
  if (fields.get('ToUserName') !== userId || fields.get('FromUserName') !== simulatedWecom.corpId) {
    throw new Error('the reply must go from the corp to the member');
  }
  if (!/^\d{1,12}$/.test(fields.get('CreateTime') ?? '')) {
    throw new Error('the reply needs a CreateTime');
  }
  return readContent(fields, xml);
}

/** A reply as one text, for the chat. */
export function showReply({ type, text, articles }: WecomReply): string {
  const lines = articles?.flatMap(({ title, description }) => [title, description]) ?? [text || `[${type}]`];
  return lines.filter((line) => line !== '').join('\n');
}

async function readContent(fields: FlatXml, xml: string): Promise<WecomReply> {
  const type = fields.get('MsgType') ?? '';
  switch (type) {
    case 'text': {
      const text = fields.get('Content');
      if (!text) {
        throw new Error('Content is missing or empty');
      }
      return { type, text: cutBytes(text, MAX_TEXT_BYTES) };
    }
    case 'news':
      return { type, articles: readArticles(fields, await parseXmlTree(xml)) };
    case 'image':
    case 'voice':
    case 'video':
    case 'update_button':
    case 'update_template_card':
      return { type };
    default:
      throw new Error(`no such MsgType: ${type}`);
  }
}

function readArticles(fields: FlatXml, tree: Record<string, unknown>): NonNullable<WecomReply['articles']> {
  const holder = isRecord(tree.Articles) ? tree.Articles.item : undefined;
  const items = [holder ?? []].flat().filter(isRecord);
  if (
    items.length === 0 ||
    items.length > MAX_ARTICLES ||
    Number(fields.get('ArticleCount')) !== items.length
  ) {
    throw new Error('ArticleCount must be the number of articles, 1 to 8');
  }
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  return items.map((item) => ({
    title: textOf(item.Title),
    description: textOf(item.Description),
    picUrl: textOf(item.PicUrl),
    url: textOf(item.Url),
  }));
}
