/** The page behind a message card: GET /m/{key} shows what was sent, readable on a phone. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { isHttpUrl, type TextFormat } from '#src/lib/text.js';
import type { View } from '#src/lib/view.js';
import { formatChinaTime } from './china-time.js';
import { createBodyRenderer, type MessageBody } from './message-body.js';
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
  state: 'shown' | 'deleted' | 'expired';
}

/** What the message page needs. */
export interface MessagePageNeeds {
  /** Finds a message by the secret part of its address; null when there is none. */
  findMessage(key: string): Promise<MessageView | null>;
  view: View;
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
    if (message?.state === 'shown') {
      showMessage(page, message, renderBody(message.body, message.format));
    } else {
      refuse(page, message?.state ?? 'notFound');
    }
  });
  return router.routes() as Middleware;
}

function showMessage(page: Page<Words>, message: MessageView, body: MessageBody): void {
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
