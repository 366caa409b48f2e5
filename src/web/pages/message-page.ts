/** The page behind a message card: GET /m/{key} shows what was sent, readable on a phone. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { isHttpUrl, type TextFormat } from '#src/lib/text.js';
import type { View } from '#src/lib/view.js';
import { formatChinaTime } from './china-time.js';
import { createBodyRenderer, type MessageBody } from './message-body.js';
import { type MessageOrigin, readOrigin } from './message-origin.js';
import { MESSAGE_WORDS } from './message-words.js';
import { createPageOpener, type Page } from './page.js';

/** A message as its page shows it. */
export interface MessageView {
  title: string;
  appName: string;
  sender?: string;
  sentAt: Date;
  format: TextFormat;
  body: string;
  /** The original link; shown only when it is an http or https address. */
  url?: string;
  /** What the door in kept with it. */
  extras?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  state: 'shown' | 'deleted' | 'expired';
}

/** What the message page needs. */
export interface MessagePageNeeds {
  /** Finds a message by the secret part of its address; null when there is none. */
  findMessage(key: string): Promise<MessageView | null>;
  view: View;
  /** The present, in milliseconds; where it is given, messages end when their sender's plan says so. */
  now?: () => number;
}

type Words = keyof typeof MESSAGE_WORDS;

/** Serves GET /m/{key}: 200 with the message, 410 for deleted and expired ones, 404 for unknown keys. */
export function createMessagePage(needs: MessagePageNeeds): Middleware {
  const openPage = createPageOpener(needs.view, MESSAGE_WORDS);
  const renderBody = createBodyRenderer();
  const router = new Router();
  router.get('/m/:key', async (ctx) => {
    const key = ctx.params.key ?? '';
    const page = openPage(ctx as Context);
    const message = /^[\w-]{1,128}$/.test(key) ? await needs.findMessage(key) : null;
    const origin = readOrigin(message?.extras);
    if (message?.state === 'shown' && needs.now && origin.keptUntil <= needs.now()) {
      refuse(page, 'expired');
    } else if (message?.state === 'shown') {
      const body = origin.ivSeed === null ? renderBody(message.body, message.format) : SEALED;
      showMessage(page, message, { body, origin });
    } else {
      refuse(page, message?.state ?? 'notFound');
    }
  });
  return router.routes() as Middleware;
}

/** Ciphertext is no text to read; the page asks for the password instead. */
const SEALED: MessageBody = { html: '', kind: 'plain', ownColors: false, tooLong: false };

function showMessage(
  page: Page<Words>,
  message: MessageView,
  { body, origin }: { body: MessageBody; origin: MessageOrigin },
): void {
  const { title, appName, sender, sentAt, url } = message;
  const link = url !== undefined && isHttpUrl(url) ? { href: url, host: new URL(url).host } : null;
  page.show({
    template: 'message',
    title,
    policy: { remoteImages: true, styleAttributes: true },
    values: {
      appName,
      initial: [...appName.trim()][0] ?? '·',
      sender,
      sentAt: formatChinaTime(sentAt),
      sentAtIso: sentAt.toISOString(),
      message: body,
      ip: origin.ip,
      tags: origin.tags,
      sealed: origin.ivSeed === null ? null : { ciphertext: message.body, ivSeed: origin.ivSeed },
      link,
    },
  });
}

function refuse(page: Page<Words>, why: 'deleted' | 'expired' | 'notFound'): void {
  page.notify({
    status: why === 'notFound' ? 404 : 410,
    mood: 'info',
    heading: page.t(why),
    text: page.t(`${why}Text`),
  });
}
