/** Shows a page inside the frame of its desk, with what every template of the desk may use. */
import type { Context } from 'koa';
import type { Language } from '#src/lib/i18n.js';
import { inLanguage } from '#src/lib/in-language.js';
import type { View } from '#src/lib/view.js';
import { formatChinaTime } from '#src/web/pages/china-time.js';
import { type PagePolicy, setPageHeaders } from '#src/web/pages/page-headers.js';
import { takeFlash } from './flash.js';
import type { Visitor, Visits } from './visits.js';

/** A page to show. */
export interface Sheet {
  /** The template in the desk's folder of views/, without extension. */
  template: string;
  title: string;
  /** 200, or 422 and 503 while a form has errors. */
  status?: number;
  policy?: PagePolicy;
  values?: object;
}

/** What showing needs to know of a visit. */
interface Shown {
  ctx: Context;
  visitor: Visitor;
  language: Language;
  t: unknown;
}

/** Where and how it is shown. */
interface Frame {
  view: View;
  visits: Visits;
  frame: string;
  values: object;
}

/** Writes the answer. */
export function showInFrame(visit: Shown, sheet: Sheet, frame: Frame): void {
  const { ctx, visitor, language, t } = visit;
  setPageHeaders(ctx, sheet.policy);
  // These pages show secrets. And with `no-referrer` browsers would hide the Origin of our own forms.
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'same-origin' });
  ctx.status = sheet.status ?? ([422, 429, 503].includes(ctx.status) ? ctx.status : 200);
  ctx.type = 'html';
  ctx.body = frame.view.render(`${frame.frame}/${sheet.template}`, {
    ...frame.values,
    ...sheet.values,
    title: sheet.title,
    t,
    language,
    visitor,
    csrf: visitor.csrf,
    path: ctx.path,
    address: (changes: Readonly<Record<string, string | number>>) => changeQuery(ctx, changes),
    time: formatTime,
    /** The reader's half of a text that says everything in both languages. */
    tell: (text: string) => inLanguage(text, language),
    number: (count: number) => count.toLocaleString('en-US'),
    flash: takeFlash(ctx, frame.visits.cookies),
    switchPath: ctx.method !== 'POST' ? changeQuery(ctx, { lang: language === 'zh' ? 'en' : 'zh' }) : '',
  });
}

/** This page's address with some values of its query changed; an empty value takes one out. */
function changeQuery(ctx: Context, changes: Readonly<Record<string, string | number>>): string {
  const query = new URLSearchParams(ctx.querystring);
  query.delete('lang');
  for (const [name, value] of Object.entries(changes)) {
    query.set(name, String(value));
    if (value === '') {
      query.delete(name);
    }
  }
  const text = query.toString();
  return text === '' ? ctx.path : `${ctx.path}?${text}`;
}

/** A moment in China time, to the minute: `2026-09-28 13:05`. */
export function formatTime(at: Date | null): string {
  return at === null ? '' : formatChinaTime(at).slice(0, 16);
}
