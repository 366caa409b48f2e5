/** Reads the forms of pages, and checks them field by field with words for people. */
import type { Context } from 'koa';
import { z } from 'zod';
import { readText } from '#src/lib/body.js';
import type { Language } from '#src/lib/i18n.js';

/** A form as it was sent. Fields called `name[]` may come several times and are lists; of others the last one counts. */
export interface Form {
  /** Every field as text, for filling the form in again. Lists are joined by line breaks. */
  values: Readonly<Record<string, string>>;
  lists: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong with which field, in the reader's language; `''` is the form as a whole. */
export type FormErrors = Readonly<Record<string, string>>;

/** A checked form. */
export type CheckedForm<T> = { ok: true; value: T } | { ok: false; errors: FormErrors };

/** Forms without text areas need no more. */
export const FORM_LIMIT_BYTES = 256 * 1024;

/** A request without a form. */
export const NO_FORM: Form = { values: {}, lists: {} };

const speak = {
  zh: sayNumbers(z.locales.zhCN().localeError, '这里要填数字'),
  en: sayNumbers(z.locales.en().localeError, 'This has to be a number'),
};

/** Reads a form. Throws BodyError for one that is too large or no UTF-8. */
export async function readForm(ctx: Context, limitBytes = FORM_LIMIT_BYTES): Promise<Form> {
  const text = await readText(ctx.req, { limitBytes });
  const values: Record<string, string> = Object.create(null);
  const lists: Record<string, string[]> = Object.create(null);
  for (const [name, sent] of new URLSearchParams(text)) {
    // Text areas send CR LF (the HTML standard); everything here counts one character for a line's end.
    const value = sent.replace(/\r\n?/g, '\n');
    if (name.endsWith('[]')) {
      const key = name.slice(0, -2);
      const list = lists[key] ?? [];
      list.push(value);
      lists[key] = list;
    } else {
      values[name] = value;
    }
  }
  for (const [key, list] of Object.entries(lists)) {
    values[key] = list.join('\n');
  }
  return { values, lists };
}

/** Words for what is no number, which would else be told as NaN; all others stay. */
function sayNumbers(say: z.core.$ZodErrorMap, noNumber: string): z.core.$ZodErrorMap {
  return (issue) => (Number.isNaN(issue.input) ? noNumber : say(issue));
}

/** Checks a form against its schema. */
export function checkForm<S extends z.ZodObject>(
  schema: S,
  form: Form,
  language: Language,
): CheckedForm<z.output<S>> {
  const parsed = schema.safeParse(
    { ...form.values, ...form.lists },
    { error: speak[language], reportInput: true },
  );
  if (parsed.success) {
    return { ok: true, value: parsed.data };
  }
  const errors: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    errors[String(path[0] ?? '')] ??= message;
  }
  return { ok: false, errors };
}

/** A box that is ticked or not: browsers send nothing for one that is not. */
export const checkbox = z
  .string()
  .optional()
  .transform((value) => value !== undefined);

/** A line or text of at most `max` characters, trimmed; absent is empty. */
export function textField(max: number, min = 0) {
  return z
    .string()
    .default('')
    .transform((text) => text.trim())
    .pipe(z.string().min(min).max(max));
}
