/** What a person sees in the chat with the account, kept small enough for a hundred thousand people. */
import { type Card, renderCard, toCardFields } from './cards.js';

/** A person keeps so many of the newest messages. */
const KEPT_ITEMS = 200;
const LINK = /<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))[^>]*>/i;
const BARE_LINK = /https?:\/\/[^\s<>"'，。；！？）】》、]+/i;

/** An article of a news message. */
export interface Article {
  title: string;
  description: string;
  picUrl: string;
  url: string;
}

/** What is shown: a card, articles, or text of some kind. */
export interface ItemContent {
  /** `template`, `text`, `news`, `image`...; `own` is what the person wrote, `notice` what WeChat itself says. */
  kind: string;
  card?: Card;
  articles?: readonly Article[];
  text?: string;
  url?: string;
}

/** Something in the chat. */
export interface InboxItem extends ItemContent {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Adds to a list of items and drops the oldest beyond the limit. */
export function keepItem(items: InboxItem[], item: InboxItem): void {
  items.push(item);
  if (items.length > KEPT_ITEMS) {
    items.shift();
  }
}

/** An item as the control API shows it. */
export function toItemView(item: InboxItem): Record<string, unknown> {
  const { id, at, kind, card, articles, text, url } = item;
  if (card) {
    const data = toCardFields(card);
    return {
      id,
      at,
      kind,
      templateId: card.template.id,
      data,
      url: url || undefined,
      rendered: renderCard(card),
    };
  }
  if (articles) {
    return { id, at, kind, articles, url: articles[0]?.url || undefined, rendered: renderArticles(articles) };
  }
  return { id, at, kind, text, url: url ?? firstLink(text ?? ''), rendered: renderText(text ?? '') };
}

/** Where a tap on a text leads: its first link. */
export function firstLink(text: string): string | undefined {
  const tag = LINK.exec(text);
  return tag?.[1] ?? tag?.[2] ?? tag?.[3] ?? BARE_LINK.exec(text)?.[0];
}

/** A text as it reads: links are their labels. */
export function renderText(text: string): string {
  return text.replace(/<\/?a\b[^>]*>/gi, '');
}

function renderArticles(articles: readonly Article[]): string {
  return articles
    .map(({ title, description }) => [title, description].filter((part) => part !== '').join('\n'))
    .join('\n');
}
