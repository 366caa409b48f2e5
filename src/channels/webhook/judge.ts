/** Judges an answer of status 2xx by its words: many services say no with a 200. Pure. */
import { quote, readJson } from '#src/channels/http-answer.js';
import type { SafeAnswer } from '#src/lib/safe-fetch.js';
import { findWord, isRefusingWord, judgeWord, type Verdict, WEIGHTS } from './verdicts.js';

/** Why an answer counts as a refusal: a short code for the log, and the other side's words. */
export interface Refusal {
  code: string;
  words: string;
}

/** What counts as success. `value` holds what a field must equal (one of several, between commas), or a text. */
export type SuccessRule =
  | { by: 'auto' | 'status' }
  | { by: 'field'; field: string; value: string }
  | { by: 'text'; value: string };

/** Why an answer of status 2xx is a refusal under a rule; null where it is none. */
export function findRefusal(
  answer: Pick<SafeAnswer, 'body' | 'truncated'>,
  rule: SuccessRule,
): Refusal | null {
  switch (rule.by) {
    case 'status':
      return null;
    case 'text':
      return answer.body.includes(rule.value)
        ? null
        : {
            code: 'no_text',
            words: `应答里没有「${rule.value}」 the answer does not hold it${quote(answer.body)}`,
          };
    case 'field':
      return missField(answer, rule);
    case 'auto': {
      const text = answer.body.trim();
      const json = readLoosely(text, answer.truncated);
      return json ? judgeValue(json.value, text) : judgeText(text);
    }
  }
}

function missField(
  { body, truncated }: Pick<SafeAnswer, 'body' | 'truncated'>,
  { field, value }: Extract<SuccessRule, { by: 'field' }>,
): Refusal | null {
  const found = findField(readJson(body.trim(), truncated)?.value, field);
  const wanted = readWanted(value);
  if (found !== undefined && wanted.includes(toWord(found))) {
    return null;
  }
  const is = found === undefined ? '没有 missing' : toWord(found);
  const words = `${field}: ${is}，应为 should be ${wanted.join(' / ')}${quote(body)}`;
  return { code: found === undefined ? 'no_field' : toWord(found).slice(0, 40), words };
}

/** The values of a rule by field, given between commas; empty ones are none. */
export function readWanted(value: string): string[] {
  return value
    .split(/[,，]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** The value at a path such as `data.code` or `0.ok`. */
function findField(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined,
      value,
    );
}

function toWord(value: unknown): string {
  return typeof value === 'string' ? value.trim() : (JSON.stringify(value) ?? '');
}

/** A call of JavaScript around JSON, as JSONP answers are. */
const JSONP = /^(?:\/\*\*\/)?\s*[\w$.]{1,100}\(\s*(?=[{[])/;

/** The JSON of an answer: also of one within a call (JSONP), and of one that the other side cut short. */
function readLoosely(text: string, isCut: boolean): { value: unknown } | null {
  const bare = JSONP.test(text) ? text.replace(JSONP, '').replace(/\)\s{0,9};?$/, '') : text;
  return readJson(bare, isCut) ?? (/^[{[]/.test(bare) ? readJson(bare, true) : null);
}

/** Envelopes: what they hold says how it went, where they do not say it themselves. */
const WRAPPERS = ['response', 'result', 'meta', 'head', 'header', 'error'];

function judgeValue(value: unknown, text: string): Refusal | null {
  if (Array.isArray(value)) {
    // One line a receiver, as of batch calls: refused where nobody got it.
    const refusals = value.map((one) => (isRecord(one) ? judgeValue(one, text) : null));
    return refusals.length > 0 && refusals.every((one) => one !== null) ? (refusals[0] ?? null) : null;
  }
  if (!isRecord(value)) {
    return value === false || (typeof value === 'string' && isRefusingWord(value))
      ? { code: 'answer', words: text }
      : null;
  }
  const verdict = weigh(value);
  if (verdict !== null) {
    return verdict.isRefusal ? { code: verdict.code, words: findWord(value) ?? text } : null;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (name.toLowerCase() === 'data' && isRecord(inner)) {
      const refusal = judgeData(inner, text);
      if (refusal) {
        return refusal;
      }
    }
    const refusal = WRAPPERS.includes(name.toLowerCase()) && isRecord(inner) ? judgeValue(inner, text) : null;
    if (refusal) {
      return refusal;
    }
  }
  return null;
}

/** What is carried may have codes and states of its own matter; only a plain no speaks of the call. */
function judgeData(data: Readonly<Record<string, unknown>>, text: string): Refusal | null {
  const verdict = weigh(data);
  return verdict?.isRefusal && verdict.weight === WEIGHTS.no
    ? { code: verdict.code, words: findWord(data) ?? text }
    : null;
}

/** The strongest that an object's fields say; null where they say nothing. */
function weigh(value: Readonly<Record<string, unknown>>): Verdict | null {
  const words = findWord(value);
  const verdicts = Object.entries(value).flatMap(([name, one]) => judgeWord(name, one, words) ?? []);
  return verdicts.sort((a, b) => b.weight - a.weight || Number(b.isRefusal) - Number(a.isRefusal))[0] ?? null;
}

/** Plain text and HTML are taken as they come, but for words that say nothing else than no. */
function judgeText(text: string): Refusal | null {
  return isRefusingWord(text) ? { code: 'answer', words: text } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
