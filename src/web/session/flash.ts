/** A sentence that the next page says, after a form was answered with a redirect. */

import type { Context } from 'koa';
import { takeCodePoints } from '#src/lib/text.js';
import type { Cookies } from './cookies.js';

/** What to say, and how it went. */
export interface Flash {
  mood: 'good' | 'bad' | 'info';
  text: string;
}

const COOKIE = 'qn_flash';
const LIFETIME_S = 60;
const LONGEST = 600;

/** Keeps a sentence for the next page. It is shown as plain text, so that nobody gains by forging it. */
export function saveFlash(ctx: Context, cookies: Cookies, flash: Flash): void {
  const value = JSON.stringify({ mood: flash.mood, text: takeCodePoints(flash.text, LONGEST, '…') });
  cookies.set(ctx, { name: COOKIE, value, maxAgeS: LIFETIME_S });
}

/** The sentence to say now, once; null when there is none. */
export function takeFlash(ctx: Context, cookies: Cookies): Flash | null {
  const kept = cookies.read(ctx, COOKIE);
  if (kept === '') {
    return null;
  }
  cookies.set(ctx, { name: COOKIE, value: '' });
  return parseFlash(kept);
}

function parseFlash(text: string): Flash | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('mood' in value) || !('text' in value)) {
      return null;
    }
    const mood = (['good', 'bad', 'info'] as const).find((known) => known === value.mood);
    return mood && typeof value.text === 'string'
      ? { mood, text: takeCodePoints(value.text, LONGEST, '…') }
      : null;
  } catch {
    return null;
  }
}
