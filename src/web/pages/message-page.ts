/** The page behind a message card: GET /m/{key} shows what was sent, readable on a phone. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { isHttpUrl, type TextFormat } from '#src/lib/text.js';
import type { View } from '#src/lib/view.js';
import { formatChinaTime } from './china-time.js';
import { createBodyRenderer } from './message-body.js';
import { type MessageOrigin, readOrigin } from './message-origin.js';
import { MESSAGE_WORDS } from './message-words.js';
import { createPageOpener, type Page } from './page.js';
import { type MessageBody, toPlainBody } from './render-body.js';
import { refuseGuess } from './wrong-code.js';

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
  /** The sender is told when this page is read. */
  tellsReading?: boolean;
  state: 'shown' | 'deleted' | 'expired';
}

/** What the message page needs. */
export interface MessagePageNeeds {
  /** Finds a message by the secret part of its address; null when there is none. */
  findMessage(key: string): Promise<MessageView | null>;
  /** Notes that the receiver whose own address this is has read the message. */
  noteRead?(key: string): Promise<void>;
  view: View;
  /** The present, in milliseconds; where it is given, messages end when their sender's plan says so. */
  now?: () => number;
}

type Words = keyof typeof MESSAGE_WORDS;

/**
 * Serves GET /m/{key}: 200 with the message, 410 for deleted and expired ones, 404 for unknown keys; and POST
 * /m/{key}/read, by which a page tells that somebody looks at it: previews and scanners fetch pages without reading them.
 */
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
      const isShown = origin.ivSeed === null && !origin.titleOnly;
      const body = isShown ? await renderBody(message.body, message.format) : NO_BODY;
      showMessage(page, message, { body, origin });
    } else if (message || !(await refuseGuess(ctx as Context, page))) {
      refuse(page, message?.state ?? 'notFound');
    }
  });
  router.post('/m/:key/read', async (ctx) => {
    await needs.noteRead?.(ctx.params.key ?? '');
    ctx.set('Cache-Control', 'no-store');
    ctx.status = 204;
  });
  return router.routes() as Middleware;
}

/** Ciphertext is no text to read, and a title alone stands at the head of the page already. */
const NO_BODY = toPlainBody('', null);

function showMessage(
  page: Page<Words>,
  message: MessageView,
  { body, origin }: { body: MessageBody; origin: MessageOrigin },
): void {
  const { title, appName, sender, sentAt, url } = message;
  const tellsReading = message.tellsReading === true;
  const link = url !== undefined && isHttpUrl(url) ? { href: url, host: new URL(url).host } : null;
  page.show({
    template: 'message',
    title: title || appName,
    // What an encrypted message says must not reach anybody by the pictures it names.
    policy: {
      ...(origin.ivSeed === null ? { remoteImages: true, styleAttributes: true } : {}),
      ...(tellsReading ? { connect: true } : {}),
    },
    values: {
      heading: title,
      appName,
      initial: [...appName.trim()][0] ?? '·',
      sender,
      sentAt: formatChinaTime(sentAt),
      sentAtIso: sentAt.toISOString(),
      message: body,
      hasBody: !origin.titleOnly,
      ip: origin.ip,
      tags: origin.tags,
      sealed: origin.ivSeed === null ? null : { ciphertext: message.body, ivSeed: origin.ivSeed },
      link,
      tellsReading,
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
