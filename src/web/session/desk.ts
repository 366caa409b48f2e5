/** A desk serves the pages of one kind of signed-in people: lets them in, checks forms, shows in its frame, tells mistakes. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { z } from 'zod';
import { AppError, notFound } from '#src/core/errors.js';
import { BodyError } from '#src/lib/body.js';
import { createTranslator, type Language, type WordTable, type WordValues } from '#src/lib/i18n.js';
import type { View } from '#src/lib/view.js';
import { COMMON_WORDS, type CommonKey } from '#src/web/pages/common-words.js';
import { readLanguage } from '#src/web/pages/page.js';
import { type Flash, saveFlash } from './flash.js';
import { checkForm, type Form, type FormErrors, NO_FORM, readForm } from './form.js';
import { type Sheet, showInFrame } from './frame.js';
import { SHELL_WORDS, type ShellKey } from './shell-words.js';
import type { Visitor, Visits } from './visits.js';

/** The words that every page of a desk may use. */
export type DeskKey = CommonKey | ShellKey;

/** A request of somebody who was let in, and the means to answer it. */
export interface Visit<Key extends string> {
  ctx: Context;
  visitor: Visitor;
  language: Language;
  t(key: Key | DeskKey, values?: WordValues): string;
  /** A part of the path, such as `id` of `/console/apps/:id`. */
  param(name: string): string;
  /** A part of the path as a whole number above 0. Throws not_found for anything else. */
  idParam(name: string): number;
  /** A value of the query, trimmed, empty where there is none. */
  query(name: string): string;
  /** The form of a POST; empty for GET. */
  form: Form;
  show(sheet: Sheet): void;
  /** Says a sentence on the next page. */
  flash(mood: Flash['mood'], text: string): void;
  /** Sends the browser on to a page of ours, by GET. */
  redirect(path: string): void;
  /** Answers a script's call. */
  json(value: object, status?: number): void;
  /**
   * Checks the form and runs `run`; what the schema or the domain finds wrong goes to `again` as words beside the fields,
   * which shows the form once more (status 422, or 429 or 503 where the same may go well later).
   */
  submit<S extends z.ZodObject>(
    schema: S,
    run: (value: z.output<S>) => Promise<void> | void,
    again: (errors: FormErrors) => Promise<void> | void,
  ): Promise<void>;
}

/** How a POST is read. */
export interface PostOptions {
  /** The most bytes of its form; 256 KB unless told. */
  limitBytes?: number;
  /** The body is no form: the handler reads `ctx.req` itself, and the token comes in the header X-CSRF-Token. */
  upload?: boolean;
}

/** Declares pages whose words are in one table. */
export interface Pages<Key extends string, Pass extends object> {
  get(path: string, answer: (visit: Visit<Key> & Pass) => Promise<void> | void): void;
  post(path: string, answer: (visit: Visit<Key> & Pass) => Promise<void> | void, options?: PostOptions): void;
}

/** A desk: a router of pages with words. */
export interface Desk<Pass extends object> {
  pages<Key extends string>(words: WordTable<Key>): Pages<Key, Pass>;
  routes(): Middleware;
}

/** What a desk is made with. */
export interface DeskNeeds<Pass extends object> {
  view: View;
  visits: Visits;
  /** The frame of its pages: a folder of views/ with shell.eta and problem.eta. */
  frame: 'console' | 'me';
  /** Lets somebody in and says what more they bring, or answers by itself (a redirect) and returns null. */
  admit(ctx: Context, visitor: Visitor | null): Promise<Pass | null>;
  /** Values for the frame, such as its navigation. */
  frameValues(visit: Visit<never> & Pass): object;
}

/** Makes a desk. `src/web/console/index.ts` explains how to add a page to one. */
export function createDesk<Pass extends object>(needs: DeskNeeds<Pass>): Desk<Pass> {
  const router = new Router();
  return {
    routes: () => router.routes() as Middleware,
    pages: (words) => {
      const answerWith = createAnswerer(needs, words);
      return {
        get: (path, answer) => void router.get(path, answerWith(answer, {})),
        post: (path, answer, options = {}) => void router.post(path, answerWith(answer, options)),
      };
    },
  };
}

function createAnswerer<Key extends string, Pass extends object>(
  needs: DeskNeeds<Pass>,
  table: WordTable<Key>,
) {
  const words: WordTable<Key | DeskKey> = { ...COMMON_WORDS, ...SHELL_WORDS, ...table };
  const translate = createTranslator(words);
  return (answer: (visit: Visit<Key> & Pass) => Promise<void> | void, options: PostOptions) =>
    async (ctx: Context): Promise<void> => {
      const visitor = await needs.visits.findVisitor(ctx);
      const pass = await needs.admit(ctx, visitor);
      if (!visitor || !pass) {
        return;
      }
      const language = readLanguage(ctx);
      const visit = Object.assign(createVisit(ctx, { visitor, language, translate, needs }), pass);
      const frame = (): object => needs.frameValues(visit);
      visit.show = (sheet) => showInFrame(visit, sheet, { ...needs, values: frame() });
      try {
        if (ctx.method === 'POST' && !(await admitForm(visit, needs.visits, options))) {
          sayProblem(visit, 403, { heading: visit.t('foreignForm'), text: visit.t('foreignFormText') });
          return;
        }
        await answer(visit);
      } catch (error) {
        explain(visit, error);
      }
    };
}

interface VisitParts<Key extends string> {
  visitor: Visitor;
  language: Language;
  translate(key: Key | DeskKey, language: Language, values?: WordValues): string;
  needs: { visits: Visits };
}

function createVisit<Key extends string>(ctx: Context, parts: VisitParts<Key>): Visit<Key> {
  const { visitor, language, translate, needs } = parts;
  const visit: Visit<Key> = {
    ctx,
    visitor,
    language,
    t: (key, values) => translate(key, language, values),
    param: (name) => String(ctx.params[name] ?? ''),
    idParam: (name) => readId(String(ctx.params[name] ?? '')),
    query: (name) => (typeof ctx.query[name] === 'string' ? ctx.query[name].trim() : ''),
    form: NO_FORM,
    show: () => {},
    flash: (mood, text) => saveFlash(ctx, needs.visits.cookies, { mood, text }),
    redirect: (path) => {
      ctx.redirect(path);
      ctx.status = 303;
    },
    json: (value, status = 200) => {
      ctx.status = status;
      ctx.set('Cache-Control', 'no-store');
      ctx.body = value;
    },
    submit: async (schema, run, again) => {
      const checked = checkForm(schema, visit.form, language);
      const errors = checked.ok ? await tryRun(() => run(checked.value), visit) : checked.errors;
      if (errors) {
        // Where coming back helps, the status says so too.
        ctx.status = ctx.res.hasHeader('Retry-After') ? ctx.status : 422;
        await again(errors);
      }
    },
  };
  return visit;
}

/** Runs, and turns what the domain refuses into words beside the field it names. */
async function tryRun(run: () => Promise<void> | void, visit: Visit<string>): Promise<FormErrors | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || /^(not_found|unauthorized|forbidden|internal)$/.test(error.code)) {
      throw error;
    }
    tellWhen(visit.ctx, error);
    const field = String(error.params.field ?? '');
    const isShown = Object.hasOwn(visit.form.values, field);
    return { [isShown ? field : '']: visit.language === 'zh' ? error.zh : error.en };
  }
}

/** Reads the form of a POST; false when it is not one of ours. */
async function admitForm(visit: Visit<never>, visits: Visits, options: PostOptions): Promise<boolean> {
  const { ctx, visitor } = visit;
  visit.form = options.upload ? NO_FORM : await readForm(ctx, options.limitBytes);
  const token = ctx.get('X-CSRF-Token') || visit.form.values.csrf || '';
  return visits.isOwnForm(ctx, visitor, token);
}

/** Says when coming back helps, where it does. */
function tellWhen(ctx: Context, { retryAfterS, status }: AppError): void {
  if (retryAfterS !== null) {
    ctx.status = status;
    ctx.set('Retry-After', String(retryAfterS));
  }
}

function explain(visit: Visit<never>, error: unknown): void {
  if (error instanceof AppError) {
    tellWhen(visit.ctx, error);
    const heading = visit.t(
      error.code === 'not_found' ? 'noSuchThing' : error.status === 403 ? 'notAllowed' : 'notDone',
    );
    const text = visit.language === 'zh' ? error.zh : error.en;
    sayProblem(visit, error.status, {
      heading,
      text: error.code === 'forbidden' ? visit.t('notAllowedText') : text,
    });
  } else if (error instanceof BodyError && error.reason === 'too_large') {
    sayProblem(visit, 413, { heading: visit.t('tooLarge'), text: visit.t('tooLargeText') });
  } else {
    throw error;
  }
}

function sayProblem(visit: Visit<never>, status: number, problem: { heading: string; text: string }): void {
  if (visit.ctx.accepts('html', 'json') === 'json') {
    visit.json({ error: problem }, status);
    return;
  }
  visit.show({ template: 'problem', title: problem.heading, status, values: { problem } });
}

function readId(text: string): number {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(id) || id < 1) {
    throw notFound('页面 Page');
  }
  return id;
}
