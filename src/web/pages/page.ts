/** What all pages share: the choice of the language, their words, their headers, and notices that fill a page. */
import type { Context } from 'koa';
import {
  createTranslator,
  type Language,
  pickLanguage,
  type WordTable,
  type WordValues,
} from '#src/lib/i18n.js';
import type { View } from '#src/lib/view.js';
import { COMMON_WORDS, type CommonKey } from './common-words.js';
import { type PagePolicy, setPageHeaders } from './page-headers.js';

/** What a template gets beside the page's own values. */
export interface PageParts {
  /** The template in views/, without extension. */
  template: string;
  title: string;
  status?: number;
  policy?: PagePolicy;
  /** Values of this template. */
  values?: object;
}

/** A page that only says something: a refusal, a result. */
export interface Notice {
  status: number;
  mood: 'good' | 'info' | 'bad';
  heading: string;
  text: string;
  /** A second, quieter paragraph; line breaks stay. */
  detail?: string;
  action?: { href: string; label: string };
  /** The address of a QR picture to show, and what to do with it. */
  qr?: { src: string; hint: string };
}

/** One answer being written, in one language. */
export interface Page<Key extends string> {
  language: Language;
  t(key: Key | CommonKey, values?: WordValues): string;
  show(parts: PageParts): void;
  notify(notice: Notice): void;
}

/** Makes the function that begins an answer; `table` holds the words of the pages of one file. */
export function createPageOpener<Key extends string>(view: View, table: WordTable<Key>) {
  const words: WordTable<Key | CommonKey> = { ...COMMON_WORDS, ...table };
  const translate = createTranslator(words);
  return (ctx: Context): Page<Key> => {
    const language = readLanguage(ctx);
    const t = (key: Key | CommonKey, values?: WordValues) => translate(key, language, values);
    // Beside Chinese the most important words stand in English too; on an English page that would repeat them.
    const en = (key: Key | CommonKey) => (language === 'zh' ? translate(key, 'en') : '');
    const show = ({ template, title, status = 200, policy, values }: PageParts) => {
      setPageHeaders(ctx, policy);
      ctx.status = status;
      ctx.type = 'html';
      ctx.body = view.render(template, { ...values, title, t, en, language, switchPath: switchPath(ctx) });
    };
    const notify = (notice: Notice) =>
      show({ template: 'notice', title: notice.heading, status: notice.status, values: { notice } });
    return { language, t, show, notify };
  };
}

const COOKIE = 'lang';

/** The language of an answer: asked for by ?lang= (and then kept), kept, or the browser's own. */
export function readLanguage(ctx: Context): Language {
  const asked = typeof ctx.query.lang === 'string' ? ctx.query.lang : undefined;
  if (asked === 'zh' || asked === 'en') {
    ctx.append('Set-Cookie', `${COOKIE}=${asked}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly`);
  }
  return pickLanguage(asked ?? ctx.cookies.get(COOKIE), ctx.get('Accept-Language'));
}

/** Where the other language is: nowhere for the answer to a form or to a one-time code, which cannot be asked again. */
function switchPath(ctx: Context): string {
  return ctx.method !== 'POST' && ctx.query.code === undefined ? ctx.path : '';
}
